/* Runs a command and writes its processor time, its wall time and its peak memory to a file: measure FILE COMMAND…
 * A small parent is what it is for: a child's peak begins with the memory of whoever started it. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) return 71;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) return 73;
    fprintf(out, "%.6f %.6f %.3f\n",
            usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
            ended.tv_sec - begun.tv_sec + (ended.tv_nsec - begun.tv_nsec) / 1e9, usage.ru_maxrss / 1024.0);
    fclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
