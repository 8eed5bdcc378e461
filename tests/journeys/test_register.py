"""People come into the register, are shown, and go, by the commands that staff use."""

from __future__ import annotations

import csv
import json
import stat
from io import StringIO

import pytest
from tests.journeys.paper import Paper, Run, ended, patient, recipients, until
from tests.journeys.terminal import Terminal
from tests.monthly import SLUG

ROWS = "E-Mail;Name;Group\nana@example.org;Ana;partners\nbo@example.org;=1+1;\nnobody;;\n"


@pytest.fixture
def office(empty: Paper) -> Paper:
    """A newsletter with a list and a topic, and a file of people beside it."""
    empty.set(lists={"partners": "Partner organisations"}, topics={"ports": "Ports"})
    empty.set(segments={"partners-fr": "list = partners and language = fr"})
    (empty.folder / "people.csv").write_text(ROWS, "utf-8")
    return empty


def emptied(run: Run) -> bool:
    """Whether nobody is in the register."""
    return bool(json.loads(run("subscribers", "show", "--json").out)["statuses"] == {})


def test_an_import_is_told_and_done(office: Paper, run: Run) -> None:
    """A script's import says how the file was read, names bad rows, and imports the good ones."""
    ran = run("subscribers", "import", "people.csv", "--consent", "fair of May", "--yes")
    assert (ran.code, ran.out) == (1, "2 new, 1 not taken\n")
    assert "people.csv, utf-8: address = E-Mail, name = Name, lists = Group" in ran.err
    assert "people.csv:4: 'nobody': An email address must have an @-sign" in ran.err
    access = json.loads(run("subscribers", "access", "ana@example.org", "--json").out)
    assert access["consents"][0]["source"] == "import people.csv: fair of May"
    assert access["lists"] == ["partners"]
    assert office.letters == []


def test_a_dry_run_changes_nothing(office: Paper, run: Run) -> None:
    """--dry-run tells the same and imports nobody, for people and for programs."""
    ran = run("subscribers", "import", "people.csv", "--dry-run")
    assert "in this file: 2 new, 1 not taken" in ran.err
    assert ran.out == ""
    told = json.loads(run("subscribers", "import", "people.csv", "--dry-run", "--json").out)
    assert (told["imported"], told["new"], told["invalid"][0]["line"]) == (False, 2, 4)
    assert emptied(run)
    assert office.letters == []


@pytest.mark.parametrize(("answer", "code", "left"), [("n", 1, True), ("y", 1, False)])
def test_a_person_at_a_terminal_is_asked(
    office: Paper, run: Run, answer: str, code: int, *, left: bool
) -> None:
    """At a terminal nothing is imported before somebody has seen what would be, and said yes."""
    with Terminal(office, "subscribers", "import", "people.csv") as terminal:
        terminal.until("Import them? [y/N]:")
        assert "2 new, 1 not taken" in terminal.shown
        assert emptied(run)
        terminal.type(f"{answer}\n")
    assert terminal.code == code
    assert emptied(run) is left
    assert terminal.shown.endswith("nothing was changed\n") is left


def test_nobody_decides_where_nobody_is_asked(office: Paper, run: Run) -> None:
    """Without a terminal and --yes, a file is imported only if there is nothing to decide."""
    ran = run("subscribers", "import", "people.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "people.csv:4: " in ran.err
    assert ran.err.endswith("infomail: nobody can answer here — add --yes\n")
    assert run("subscribers", "import", "people.csv", "--json").code == 2
    assert emptied(run)
    plain = office.folder / "plain.csv"
    plain.write_text("address,name\nana@example.org,Ana\nbo@example.org,Bo\n", "utf-8")
    assert run("subscribers", "import", "plain.csv").out == "2 new\n"
    assert run("subscribers", "import", "plain.csv").out == "2 unchanged\n"
    plain.write_text("address,name\nana@example.org,Ann\n", "utf-8")
    assert run("subscribers", "import", "plain.csv").code == 2
    run("subscribers", "leave", "bo@example.org")
    plain.write_text("address\nbo@example.org\ncy@example.org\n", "utf-8")
    assert run("subscribers", "import", "plain.csv").code == 2
    assert run("subscribers", "import", "plain.csv", "--yes").code == 0


@pytest.mark.parametrize(
    "asked", [("erase", "ana@example.org"), ("import", "--undo"), ("export", "--to", "people.csv")]
)
def test_no_is_no(office: Paper, run: Run, asked: tuple[str, ...]) -> None:
    """Whoever answers no is told that nothing was changed, and the command ends with 1."""
    run("subscribers", "import", "people.csv", "--yes")
    with Terminal(office, "subscribers", *asked) as terminal:
        terminal.until("[y/N]:")
        terminal.type("n\n")
    assert terminal.code == 1
    assert terminal.shown.endswith("nothing was changed\n")
    assert "2 CONFIRMED" in run("subscribers", "show").out


def test_a_preview_reads_like_the_file(office: Paper, run: Run) -> None:
    """What there is to say of lines stands in their order, and what is not read on its own line."""
    rows = "info@example.org,,1\nnobody,,2\nana@gmial.com,,3\nInfo@example.org,partners,4\n"
    (office.folder / "people.csv").write_text(f"Mail,Verteiler,Shoe\n{rows}", "utf-8")
    ran = run("subscribers", "import", "people.csv", "--dry-run")
    assert [line.partition(":")[2][:8] for line in ran.err.splitlines()[2:6]] == [
        "2: note:",
        "3: 'nobo",
        "4: note:",
        "5: note:",
    ]
    assert ran.err.splitlines()[:2] == [
        "people.csv, utf-8: address = Mail, lists = Verteiler",
        "not read: column Shoe — say what it is: --column WHAT=Shoe, such as lists=Shoe",
    ]
    assert "2 new people without a language get en\n" in ran.err


def test_columns_are_named_where_they_have_odd_names(office: Paper, run: Run) -> None:
    """--column says which column is what; what is no column is refused before anything is read."""
    (office.folder / "odd.csv").write_text("wer,wohin\nAna,ana@example.org\n", "utf-8")
    assert "no column of addresses" in run("subscribers", "import", "odd.csv").err
    named = ("--column", "address=wohin", "--column", "Name=wer")
    assert run("subscribers", "import", "odd.csv", *named, "--list", "partners").code == 0
    shown = run("subscribers", "show", "ana@example.org")
    assert shown.out == "ana@example.org, Ana, en, CONFIRMED\n"
    assert run("subscribers", "import", "odd.csv", "--column", "shoe=wer").code == 2
    assert run("subscribers", "import").code == 2


def test_the_last_import_is_taken_back(office: Paper, run: Run) -> None:
    """--undo says what it takes back and asks; without anybody to answer it does nothing."""
    run("subscribers", "import", "people.csv", "--yes")
    ran = run("subscribers", "import", "--undo")
    assert (ran.code, "add --yes" in ran.err, "people.csv" in ran.err) == (2, True, True)
    ran = run("subscribers", "import", "--undo", "--yes", "--json")
    assert json.loads(ran.out) == {
        "file": "people.csv",
        "removed": 2,
        "restored": 0,
        "kept_count": 0,
        "kept": [],
    }
    assert emptied(run)
    ran = run("subscribers", "import", "--undo", "--yes")
    assert (ran.code, "no import to take back" in ran.err) == (2, True)
    assert office.letters == []


def test_people_who_had_mail_are_not_taken_back(office: Paper, run: Run) -> None:
    """Taking an import back says how many stay and why, once, and names them."""
    run("subscribers", "import", "people.csv", "--yes")
    with patient() as server:
        office.use(server.port)
        server.answer()
        assert run("send", SLUG, "--now", "--yes").code == 0
    assert run("subscribers", "import", "--undo", "--yes").out.splitlines() == [
        "2 people stay: they had a mail, or did something since, or were changed since",
        "  ana@example.org",
        "  bo@example.org",
        "0 removed, 0 as before, 2 left as they are",
    ]


def test_a_rehearsal_keeps_nobody(office: Paper, run: Run) -> None:
    """A rehearsal is no mail: whoever was only in one is taken back with the import."""
    run("subscribers", "import", "people.csv", "--yes")
    assert run("send", SLUG).code == 0
    assert len(office.letters) == 2
    ran = run("subscribers", "import", "--undo", "--yes")
    assert ran.out == "2 removed, 0 as before, 0 left as they are\n"
    assert emptied(run)
    assert run("status", SLUG).code == 0


def test_an_export_is_safe_and_complete(office: Paper, run: Run) -> None:
    """An export holds who is wanted, as CSV without formulas or as JSON, for one's eyes only."""
    run("subscribers", "import", "people.csv", "--yes")
    rows = list(csv.reader(StringIO(run("subscribers", "export").out, newline="")))
    assert [row[:2] for row in rows[1:]] == [
        ["ana@example.org", "Ana"],
        ["bo@example.org", "'=1+1"],
    ]
    told = json.loads(run("subscribers", "export", "--json", "--list", "partners").out)
    assert [one["address"] for one in told] == ["ana@example.org"]
    assert run("subscribers", "export", "--segment", "partners-fr").out.count("\n") == 1
    assert run("subscribers", "export", "--list", "friends").code == 5
    file = office.folder / "out.csv"
    assert run("subscribers", "export", "--status", "left", "--to", "out.csv").code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("subscribers", "export", "--to", "out.csv").code == 2
    assert run("subscribers", "export", "--to", "out.csv", "--yes").code == 0
    assert b"ana@example.org,Ana,en,,partners,,CONFIRMED,,2" in file.read_bytes()


def test_a_person_is_added_and_leaves(office: Paper, run: Run) -> None:
    """Staff add a person who agreed, and let one go; only on purpose is one let in again."""
    words = (
        "--language",
        "French",
        "--country",
        "Nigeria",
        "--topic",
        "ports",
        "--list",
        "partners",
    )
    ran = run("subscribers", "add", "ana@gmial.com", "--name", "Ana", *words, "--consent", "phone")
    assert ran.out == "ana@gmial.com, Ana, fr, NG, CONFIRMED\n"
    assert "is gmail.com meant?" in ran.err
    assert run("subscribers", "add", "ana@gmial.com", "--list", "friends").code == 2
    assert run("subscribers", "leave", "ana@gmial.com").out == "ana@gmial.com has left\n"
    assert run("subscribers", "leave", "bo@example.org").code == 2
    assert run("subscribers", "add", "ana@gmial.com").code == 5
    assert run("subscribers", "add", "ana@gmial.com", "--lift").code == 2
    lift = ("--lift", "--consent", "letter of 3 May", "--json")
    ran = run("subscribers", "add", "ana@gmial.com", *lift)
    assert json.loads(ran.out)["status"] == "CONFIRMED"
    shown = run("subscribers", "show").out
    assert shown.splitlines()[0].split() == ["1", "CONFIRMED"]
    assert office.letters == []


def test_a_person_is_told_all_and_forgotten(office: Paper, run: Run) -> None:
    """What is held about a person can be read, and erased for good; no import brings it back."""
    run("subscribers", "import", "people.csv", "--consent", "fair of May", "--yes")
    told = run("subscribers", "access", "ANA@example.org").out
    assert "source: import people.csv: fair of May" in told
    assert run("subscribers", "erase", "ana@example.org").code == 2
    assert run("subscribers", "erase", "ana@example.org", "--yes").code == 0
    assert run("subscribers", "show", "ana@example.org").code == 2
    held = json.loads(run("subscribers", "access", "ana@example.org", "--json").out)
    assert (held["subscriber"], held["suppression"]["reason"]) == (None, "ERASED")
    ran = run("subscribers", "import", "people.csv", "--yes")
    assert ran.out == "1 unchanged, 1 left or suppressed, not brought back, 1 not taken\n"
    assert "nothing is held" in run("subscribers", "access", "cy@example.org").out
    assert office.letters == []


def test_letters_of_rehearsals_are_forgotten_too(office: Paper, run: Run) -> None:
    """Whoever is erased or pruned is named by no letter, test or notice on this machine."""
    office.subscribe("Ana@example.org", "bo@example.org")
    outbox = office.folder / "outbox"
    run("send", SLUG)
    run("test", SLUG, "ana@example.org")
    (outbox / "notices").mkdir()
    letter = b"Subject: hi\r\nTo: =?utf-8?q?Ana?=\r\n <ANA@example.org>\r\n\r\nbo@example.org"
    (outbox / "notices" / "ana@example.org-1a2b.eml").write_bytes(letter)
    (outbox / "notices" / "ana@example.org-x.eml").write_bytes(
        b"To: a@b.org\r\n\r\nana@example.org"
    )
    ran = run("subscribers", "erase", "ana@example.org", "--yes")
    assert ran.out == "ana@example.org is forgotten; 4 letters to them were deleted in outbox/\n"
    left = sorted(str(path.relative_to(outbox)) for path in outbox.rglob("*@*.eml"))
    assert left == [f"{SLUG}/letters/bo@example.org.eml", "notices/ana@example.org-x.eml"]
    run("subscribers", "leave", "bo@example.org")
    office.set(people={"erase_after_days": 0})
    told = json.loads(run("subscribers", "prune", "--json").out)
    assert told == {"erased": 1, "days": 0, "files": 1}
    assert office.letters == []


def test_an_erased_person_is_known_to_be_erased(office: Paper, run: Run) -> None:
    """Whoever asks for somebody who was erased is told so, and of nobody else."""
    office.subscribe("ana@example.org")
    run("subscribers", "erase", "ana@example.org", "--yes")
    run("subscribers", "block", "bo@example.org")
    ran = run("subscribers", "show", "Ana@example.org")
    assert (ran.code, "was erased, and no import brings it back" in ran.err) == (2, True)
    assert (
        "is suppressed (BLOCKED), and no import" in run("subscribers", "show", "bo@example.org").err
    )
    assert "is not in the register" in run("subscribers", "show", "cy@example.org").err


def test_an_address_is_blocked_and_the_old_are_pruned(office: Paper, run: Run) -> None:
    """A blocked address is never written to, and who left is forgotten after the days agreed."""
    assert run("subscribers", "block", "bo@example.org", "--json").out == "null\n"
    run("subscribers", "import", "people.csv", "--yes")
    run("subscribers", "leave", "ana@example.org")
    assert json.loads(run("subscribers", "prune", "--json").out) == {
        "erased": 0,
        "days": 30,
        "files": 0,
    }
    office.set(people={"erase_after_days": 0})
    assert "1 forgotten" in run("subscribers", "prune").out
    assert run("subscribers", "show", "--json").out.count("CONFIRMED") == 0


def test_an_import_disturbs_no_send(paper: Paper, run: Run) -> None:
    """People come in while letters go out: the send ends well, and is for whom it was begun."""
    rows = "".join(f"p{number}@example.org,Person {number}\n" for number in range(20_000))
    (paper.folder / "people.csv").write_text(f"address,name\n{rows}ana@example.org,A\n", "utf-8")
    with patient() as server:
        paper.use(server.port)
        process = paper.start("send", SLUG, "--now", "--yes")
        until(lambda: len(server.letters) == 1)
        assert run("subscribers", "import", "people.csv", "--yes").out == "20,000 new, 1 changed\n"
        server.answer()
        assert ended(process).code == 0
        assert recipients(server) == ["ana@example.org", "bo@example.net", "remi@example.org"]


def test_a_file_commands_no_terminal(office: Paper, run: Run) -> None:
    """What a file says is shown without the characters that a terminal obeys."""
    (office.folder / "people.csv").write_text("email,\x1b[2J\nana\x1b[31m@x.org,\n", "utf-8")
    ran = run("subscribers", "import", "people.csv", "--yes")
    assert ran.code == 1
    assert "\x1b" not in ran.said
    assert "people.csv:2:" in ran.err


def test_a_file_that_is_no_table_is_wrong_use(office: Paper, run: Run) -> None:
    """What cannot be read as a whole is refused with exit code 2, and nothing is imported."""
    (office.folder / "people.csv").write_text(f'{ROWS}"cy@example.org\n', "utf-8")
    ran = run("subscribers", "import", "people.csv", "--yes", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "people.csv:5 cannot be read" in ran.err
    assert emptied(run)
