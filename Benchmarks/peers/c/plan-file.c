/* Writes the large tables of a plan file again: plan-file PLAN NEW
 * With the same rows, columns, page size and pragmas; one prepared statement a table, in one transaction.
 * The rows are read from PLAN into memory first; that is not counted. Prints the rows of `row` and `seat` and the
 * processor time of the writing. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct table {
    const char *name;
    int columns;
    long rows;
    sqlite3_value **cells;
};

static void check(int code, int wanted, sqlite3 *database) {
    if (code == wanted) return;
    fprintf(stderr, "plan-file: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static double processor_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void load(sqlite3 *plan, struct table *table) {
    char sql[100];
    long room = 1024;
    sqlite3_stmt *select;
    snprintf(sql, sizeof sql, "SELECT * FROM %s", table->name);
    check(sqlite3_prepare_v2(plan, sql, -1, &select, NULL), SQLITE_OK, plan);
    table->columns = sqlite3_column_count(select);
    table->cells = malloc(room * table->columns * sizeof *table->cells);
    while (sqlite3_step(select) == SQLITE_ROW) {
        if (table->rows == room) {
            room *= 2;
            table->cells = realloc(table->cells, room * table->columns * sizeof *table->cells);
        }
        for (int i = 0; i < table->columns; i++)
            table->cells[table->rows * table->columns + i] = sqlite3_value_dup(sqlite3_column_value(select, i));
        table->rows++;
    }
    sqlite3_finalize(select);
}

static void store(sqlite3 *new, const struct table *table) {
    char sql[200];
    sqlite3_stmt *insert;
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", table->name);
    for (int i = 1; i < table->columns; i++) length += snprintf(sql + length, sizeof sql - length, ", ?");
    snprintf(sql + length, sizeof sql - length, ")");
    check(sqlite3_prepare_v2(new, sql, -1, &insert, NULL), SQLITE_OK, new);
    sqlite3_value **cell = table->cells;
    for (long row = 0; row < table->rows; row++) {
        for (int i = 0; i < table->columns; i++, cell++) {
            switch (sqlite3_value_type(*cell)) {
            case SQLITE_NULL: sqlite3_bind_null(insert, i + 1); break;
            case SQLITE_INTEGER: sqlite3_bind_int64(insert, i + 1, sqlite3_value_int64(*cell)); break;
            default:
                sqlite3_bind_text(insert, i + 1, (const char *)sqlite3_value_text(*cell), sqlite3_value_bytes(*cell),
                                  SQLITE_STATIC);
            }
        }
        check(sqlite3_step(insert), SQLITE_DONE, new);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
}

/* The plan's own tables and indices. */
static char *schema(sqlite3 *plan) {
    sqlite3_stmt *select;
    check(sqlite3_prepare_v2(plan, "SELECT group_concat(sql, '; ') FROM sqlite_master WHERE sql NOT NULL", -1, &select,
                             NULL), SQLITE_OK, plan);
    check(sqlite3_step(select), SQLITE_ROW, plan);
    char *sql = strdup((const char *)sqlite3_column_text(select, 0));
    sqlite3_finalize(select);
    return sql;
}

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    sqlite3 *plan, *new;
    check(sqlite3_open_v2(argv[1], &plan, SQLITE_OPEN_READONLY, NULL), SQLITE_OK, plan);
    struct table tables[] = {
        {.name = "row"}, {.name = "seat"}, {.name = "request"}, {.name = "cell"}, {.name = "step"}};
    const int count = sizeof tables / sizeof *tables;
    for (int i = 0; i < count; i++) load(plan, &tables[i]);
    long rows = tables[0].rows + tables[1].rows;
    char *tables_sql = schema(plan);
    sqlite3_close(plan);
    unlink(argv[2]);

    double begun = processor_time();
    check(sqlite3_open(argv[2], &new), SQLITE_OK, new);
    check(sqlite3_exec(new, "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", NULL,
                       NULL, NULL), SQLITE_OK, new);
    check(sqlite3_exec(new, tables_sql, NULL, NULL, NULL), SQLITE_OK, new);
    for (int i = 0; i < count; i++) store(new, &tables[i]);
    check(sqlite3_exec(new, "COMMIT", NULL, NULL, NULL), SQLITE_OK, new);
    sqlite3_close(new);
    printf("%ld %.6f\n", rows, processor_time() - begun);
    return 0;
}
