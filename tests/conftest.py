"""One Spark a test process, for all rooms: a JVM takes longer to start than most of what it is asked here.

It starts fast: many small queries run once each, so the JVM's second compiler costs more than it earns.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from arrears.engine import Sessions, open_sessions


@pytest.fixture(scope="session")
def spark() -> Iterator[Sessions]:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none here: apt-get install default-jre-headless")
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'arrears[spark]'")
    before = os.environ.get("JAVA_TOOL_OPTIONS")
    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    try:
        sessions = open_sessions("spark", memory_limit_mb=2000, workers=2)
    finally:
        if before is None:
            del os.environ["JAVA_TOOL_OPTIONS"]
        else:
            os.environ["JAVA_TOOL_OPTIONS"] = before
    yield sessions
    sessions.close()
