"""The few files that pages load."""

import gc
import warnings
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from newsletter import scaffold
from newsletter.web import create_app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(scaffold.write_configuration(tmp_path / "newsletter.toml", scaffold.DEMO, {}))


@pytest.mark.parametrize("name", ["style.css", "icon.svg"])
@pytest.mark.slow
def test_a_file_that_need_not_be_sent_is_closed_all_the_same(app: Flask, name: str) -> None:
    path = f"/static/{name}"
    with app.test_client().get(path) as whole:
        tag = whole.headers["ETag"]
    gc.collect()
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always")
        for method, known in (("HEAD", ""), ("GET", tag)):
            asked = EnvironBuilder(path, method=method, headers=[("If-None-Match", known)])
            parts, status, _ = run_wsgi_app(app, asked.get_environ())
            assert (b"".join(parts), status[:3]) == (b"", "304" if known else "200")
        del parts
        gc.collect()
    assert [str(each.message) for each in left_open] == []
