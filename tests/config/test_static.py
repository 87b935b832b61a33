"""Files for browsers as production stores them."""

import re
from pathlib import Path
from shutil import copytree

from django.core.files.storage import FileSystemStorage

from config.static import StaticFiles

SCRIPTS = Path(__file__).parents[2] / "static" / "js"


def test_a_module_asks_for_others_by_the_name_of_what_they_hold(tmp_path: Path) -> None:
    copytree(SCRIPTS, tmp_path / "js")
    other = tmp_path / "other"
    other.mkdir()
    (other / "shipped.js").write_text('// import x from "./nowhere.js";\n')
    here = FileSystemStorage(location=tmp_path)
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.js")]
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    wrong = [
        done
        for _name, _stored, done in storage.post_process({one: (here, one) for one in names})
        if isinstance(done, Exception)
    ]
    assert wrong == []
    stored = storage.hashed_files
    found = 0
    for name in names:
        text = (tmp_path / stored[name]).read_text(encoding="utf-8")
        asked = re.findall(r'(?:from|import)\s*"\./([^"]+)"', text) if name[:3] == "js/" else []
        found += len(asked)
        for one in asked:
            assert re.search(r"\.[0-9a-f]{12}\.js$", one), (name, one)
            assert (tmp_path / "js" / one).exists(), (name, one)
    assert found
