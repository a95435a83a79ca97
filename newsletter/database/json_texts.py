"""Many texts in one value: a question about thousands costs no more to build than one about one."""

import json
from collections.abc import Iterable

from sqlalchemy import Select, String, bindparam, column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _EachText(GenericFunction[str]):
    """The texts of a JSON list, as rows: each database has its own name for it."""

    name = "json_each"
    inherit_cache = True


@compiles(_EachText, "postgresql")
def _on_postgresql(element: _EachText, compiler: SQLCompiler, **options: object) -> str:
    arguments = compiler.process(element.clause_expr, **options)
    return f"json_array_elements_text(CAST({arguments} AS json))"


def listed(parameter: str) -> Select[str]:
    """A value for `column.in_()`; bind the parameter to `as_list(texts)`."""
    rows = _EachText(bindparam(parameter, type_=String)).table_valued(column("value", String))
    return select(rows.c.value)


def as_list(texts: Iterable[str]) -> str:
    """Some texts, as the parameter of `listed`."""
    return json.dumps(list(texts))
