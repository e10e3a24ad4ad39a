#include "tool_build.h"

// A file and a target of its own: a new commit compiles these lines again, and nothing else.
#ifndef POLAR_SEATS_COMMIT
#define POLAR_SEATS_COMMIT ""
#endif
#ifndef POLAR_SEATS_DATE
#define POLAR_SEATS_DATE ""
#endif

const char *tool_build_commit(void) { return POLAR_SEATS_COMMIT; }

const char *tool_build_date(void) { return POLAR_SEATS_DATE; }
