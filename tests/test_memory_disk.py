"""Where the tests' own database lies."""

import shutil
from pathlib import Path

import pytest

from config.embedded import Folder
from tests import memory_disk
from tests.memory_disk import LIMIT_1, PLENTY, TAKEN_1, use_memory


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder of servers, and a shared memory of the test's own with room."""
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(memory_disk, "SHARED_MEMORY", memory)
    monkeypatch.setattr(memory_disk, "free", lambda: PLENTY)
    return Folder(tmp_path / "servers")


def place(folder: Folder) -> Path:
    """Where the folder's data would be written."""
    return (folder.path / "data").resolve()


def test_in_memory_where_there_is_plenty(folder: Folder) -> None:
    use_memory(folder)
    assert place(folder).parent == memory_disk.SHARED_MEMORY
    assert folder.data() == place(folder)
    (place(folder) / "kept").touch()
    use_memory(folder)
    assert (place(folder) / "kept").exists()


def test_a_new_folder_of_the_path_begins_empty(folder: Folder) -> None:
    use_memory(folder)
    (place(folder) / "former").touch()
    shutil.rmtree(folder.path)
    use_memory(folder)
    assert list(place(folder).iterdir()) == []


def test_on_the_disk_where_there_is_little(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_disk, "free", lambda: PLENTY - 1)
    use_memory(folder)
    assert not (folder.path / "data").is_symlink()


def test_what_is_on_the_disk_stays_there(folder: Folder) -> None:
    (folder.path / "data").mkdir(parents=True)
    use_memory(folder)
    assert place(folder) == folder.path / "data"


def test_a_machine_without_shared_memory(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(memory_disk, "SHARED_MEMORY", folder.path / "none")
    use_memory(folder)
    assert not (folder.path / "data").is_symlink()


def test_memory_that_a_restart_has_emptied(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    use_memory(folder)
    shutil.rmtree(place(folder))
    use_memory(folder)
    assert place(folder).is_dir()
    shutil.rmtree(place(folder))
    monkeypatch.setattr(memory_disk, "free", lambda: 0)
    use_memory(folder)
    assert not (folder.path / "data").is_symlink()


@pytest.mark.parametrize("names", ["memory.max memory.current", f"memory/{LIMIT_1} memory/{TAKEN_1}"])
@pytest.mark.parametrize(("text", "left"), [("100", 70), ("max", 2**60)])
def test_the_limit_of_the_group_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str, text: str, left: int
) -> None:
    monkeypatch.setattr(memory_disk, "GROUP", tmp_path)
    assert memory_disk.left_of_group() == 2**60
    limit, taken = (tmp_path / name for name in names.split())
    limit.parent.mkdir(exist_ok=True)
    limit.write_text(f"{text}\n")
    taken.write_text("30\n")
    assert memory_disk.left_of_group() == left
