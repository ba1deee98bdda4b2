"""What is in the two servers before a measurement: models in modeld, tables of the same content in PostgreSQL.

PostgreSQL's tables:

    described        what DESC MODEL answers for each model, a row for each line, by the key (model_name, line)
    models, model_versions
                     copied from modeld's views of these names, column by column, with the same keys
    added            where ADD VERSION's equivalent goes: 15 columns, one row for each version
"""

from typing import Final

from tests.bench.servers import Site

MODELS: Final = 1_000
MANY_MODELS: Final = 100_000

_OPTIONS: Final = """TASKS = 'text-generation', PAI_EAS_MODEL_NAME = 'Qwen2.5-Omni-3B',
 PAI_EAS_SERVICE_NAME = 'omni', ENDPOINT = 'http://1126.vpc.cn-shanghai.pai-eas.aliyuncs.com',
 APIKEY = 'ZjA5NGRjN2VjOTZiM2==', PAI_EAS_SYNC_MODE = 'true'"""
_INPUT: Final = "INPUT (data BINARY COMMENT 'the picture', prompt STRING COMMENT 'what to say of it')"
CREATE_MODEL: Final = f"""CREATE MODEL m{{number}} WITH VERSION v1 {_INPUT}
 OPTIONS (MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'MLLM', {_OPTIONS}) COMMENT 'describes pictures'"""
ADD_VERSION: Final = f"ALTER MODEL m:k ADD VERSION v:v {_INPUT} WITH OPTIONS ({_OPTIONS}) COMMENT 'describes pictures'"
INSERT_VERSION: Final = """INSERT INTO added VALUES ('modeld', 'default', 'm:k', 'v:v', 'REMOTE', 'MLLM',
 'data BINARY, prompt STRING', 'text-generation', 'Qwen2.5-Omni-3B', 'omni',
 'http://1126.vpc.cn-shanghai.pai-eas.aliyuncs.com', 'ZjA5NGRjN2VjOTZiM2==', 'true', now(), 'describes pictures')"""
_ADDED: Final = """CREATE TABLE added (project text, schema_name text, model_name text, version_name text,
 source_type text, model_type text, input text, tasks text, eas_model text, eas_service text, endpoint text,
 apikey text, sync_mode text, create_time timestamptz, comment text, PRIMARY KEY (model_name, version_name))"""
_DESCRIBED: Final = """CREATE TABLE described (model_name text, line integer, section text, name text, value text,
 comment text, PRIMARY KEY (model_name, line))"""
_COLUMNS: Final = """SELECT column_name, data_type FROM information_schema.columns
 WHERE table_schema = 'default' AND table_name = '{view}' ORDER BY ordinal_position"""


def create_models(site: Site, count: int = MODELS) -> None:
    """m1, m2, ... with one version each, in one transaction."""
    with site.connect() as connection:
        connection.execute("BEGIN")
        for number in range(1, count + 1):
            connection.execute(CREATE_MODEL.format(number=number).encode())
        connection.execute("COMMIT")


def copy_to_postgres(source: Site, postgres: Site, *, models: int = MODELS) -> None:
    """Make PostgreSQL's tables.

    Args:
        models: how many names `described` has; each gets the lines of m1.
    """
    with source.connect() as reading, postgres.connect() as writing:
        lines = reading.execute("DESC MODEL m1").fetchall()
        writing.execute(_DESCRIBED)
        writing.execute("CREATE TEMP TABLE lines (line integer, section text, name text, value text, comment text)")
        with writing.cursor() as cursor:
            rows = [(line, *row) for line, row in enumerate(lines)]
            cursor.executemany("INSERT INTO lines VALUES (%s, %s, %s, %s, %s)", rows)
        writing.execute(
            f"INSERT INTO described SELECT 'm' || k, lines.* FROM generate_series(1, {models}) k, lines".encode()
        )
        writing.execute(_ADDED)
        for view, key in (("models", "model_name"), ("model_versions", "model_name, version_name")):
            columns = reading.execute(_COLUMNS.format(view=view).encode()).fetchall()
            shape = ", ".join(f"{name} {'text[]' if kind == 'ARRAY' else kind}" for name, kind in columns)
            writing.execute(f"CREATE TABLE {view} ({shape}, PRIMARY KEY ({key}))".encode())
            with (
                reading.cursor().copy(f"COPY (SELECT * FROM {view}) TO STDOUT".encode()) as out,
                writing.cursor().copy(f"COPY {view} FROM STDIN".encode()) as into,
            ):
                for data in out:
                    into.write(data)
        writing.execute("VACUUM ANALYZE")
