// Which commit a release was built from. `make release` defines both; an ordinary build has neither.
#pragma once

/// The full commit, with "-dirty" when files differed from it; empty in an ordinary build.
const char *tool_build_commit(void);

/// The time of the commit (ISO 8601, UTC); empty in an ordinary build.
const char *tool_build_date(void);
