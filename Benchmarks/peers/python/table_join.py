"""Joins a roster with live seats and writes one action a row: table_join.py polars|duckdb ROWS.csv SEATS.csv OUT.csv

Reads both, finds duplicates, joins by address, else by external id, and writes CSV.

It is what a data frame does of `plan`: no checks, no places of defects, no record. Prints the rows.
"""
import sys

way, rows, seats, out = sys.argv[1:]
if way == "polars":
    import polars as pl

    key = pl.col("email").str.strip_chars().str.to_lowercase().alias("key")
    people = pl.read_csv(rows, infer_schema=False).with_row_index("row").with_columns(key)
    held = pl.read_csv(seats, infer_schema=False).with_row_index("seat").with_columns(key)
    joined = (
        people.join(held.select("key", by_email="seat"), on="key", how="left", maintain_order="left")
        .join(held.select("external_id", by_id="seat"), on="external_id", how="left", maintain_order="left")
        .with_columns(seat=pl.coalesce("by_email", "by_id"), first=pl.col("row").min().over("key"))
        .with_columns(
            action=pl.when(pl.col("first") != pl.col("row")).then(pl.lit("duplicate"))
            .when(pl.col("seat").is_not_null()).then(pl.lit("keep")).otherwise(pl.lit("assign")))
    )
    joined.select("row", "email", "external_id", "seat", "action").write_csv(out)
    print(joined.height)
else:
    import duckdb

    duckdb.execute(f"""
        COPY (
            WITH people AS (SELECT row_number() OVER () AS row, *, lower(trim(email)) AS key
                            FROM read_csv('{rows}', all_varchar=true)),
                 held AS (SELECT row_number() OVER () AS seat, *, lower(trim(email)) AS key
                          FROM read_csv('{seats}', all_varchar=true)),
                 first AS (SELECT key, min(row) AS row FROM people GROUP BY key)
            SELECT people.row, people.email, people.external_id, coalesce(a.seat, b.seat) AS seat,
                   CASE WHEN first.row <> people.row THEN 'duplicate'
                        WHEN coalesce(a.seat, b.seat) IS NOT NULL THEN 'keep' ELSE 'assign' END AS action
            FROM people JOIN first ON first.key = people.key LEFT JOIN held AS a ON a.key = people.key
                 LEFT JOIN held AS b ON b.external_id = people.external_id
        ) TO '{out}' (HEADER)""")
    print(duckdb.execute(f"SELECT count(*) FROM read_csv('{out}', all_varchar=true)").fetchone()[0])
