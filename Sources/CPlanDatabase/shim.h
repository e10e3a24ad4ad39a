#include <sqlite3.h>

// sqlite3_db_config is variadic, which Swift cannot call.

/// A plan file may come from anyone: nothing in its schema is executed, and nothing in it can switch that on again.
static inline int plan_database_distrust(sqlite3 *database) {
    const int off[] = {
        SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        SQLITE_DBCONFIG_WRITABLE_SCHEMA, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
    };
    for (unsigned index = 0; index < sizeof off / sizeof off[0]; index += 1) {
        int code = sqlite3_db_config(database, off[index], 0, (int *)0);
        if (code != SQLITE_OK) return code;
    }
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/// Leaves the write-ahead log as it is when the connection is closed: not copied into the file, and not removed.
static inline int plan_database_keep_log(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
