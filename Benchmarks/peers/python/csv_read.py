"""Reads every field of a CSV file: csv_read.py csv|polars|duckdb FILE. Prints the rows."""
import sys

way, path = sys.argv[1:]
if way == "csv":
    import csv

    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        print(sum(1 for row in reader))
elif way == "polars":
    import polars

    print(polars.read_csv(path, infer_schema=False).height)
else:
    import duckdb

    duckdb.execute(f"CREATE TABLE roster AS SELECT * FROM read_csv('{path}', all_varchar=true)")
    print(duckdb.execute("SELECT count(*) FROM roster").fetchone()[0])
