"""The tables, in SQLAlchemy Core: the same for SQLite and PostgreSQL.

Times are stored as UTC text in ISO 8601 with milliseconds, so that both databases sort and compare them alike and an
auditor can read them with any tool. Facts are stored as the canonical JSON that their hash covers, hence as text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TIME = String(24)
"""2026-11-23T09:41:07.123Z"""
SHA = String(64)
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")
"""Text whose order is that of its bytes, whatever the server's locale is: a range is all that begins alike."""

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", Text, nullable=False, doc="its name in the inbox"),
    Column("at", TIME, nullable=False),
    Column("outcome", String(16), nullable=False, doc="request, repeat or returned: every file that came in has one"),
    Column("scan", SHA, doc="null where the bytes were never kept (an empty file)"),
    Column("size_bytes", Integer, nullable=False),
    Column("request_id", String(16), doc="the request it became, or repeated"),
    Column("sentence", Text, nullable=False, server_default="", doc="the receipt, for the clerk"),
    Column("advice", Text, nullable=False, server_default="", doc="what to do about a file that was returned"),
    Column(
        "token",
        SHA,
        nullable=False,
        unique=True,
        doc="this very file, so that taking it up again after a crash is no new arrival",
    ),
    Index(None, "at"),
    Index(None, "outcome"),
)

scans = Table(
    "scans",
    metadata,
    Column("sha256", SHA, primary_key=True, doc="the same bytes are taken once"),
    Column("request_id", String(16), nullable=False),
    Column("at", TIME, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(16), unique=True, doc="R- and the number with six digits; set in the same transaction"),
    Column("scan", SHA, nullable=False),
    Column("file", Text, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("received_at", TIME, nullable=False),
    Column("state", String(16), nullable=False),
    Column("station", String(16), nullable=False, doc="the station that has it or held it"),
    Column(
        "revision",
        Integer,
        nullable=False,
        server_default="0",
        doc="goes up with every change: two writers never overwrite each other",
    ),
    Column("changed_at", TIME, nullable=False),
    Column("patient_id", Text),
    Column("patient", Text),
    Column("destination", Text),
    Column("channel", String(32)),
    Column("address", Text),
    Column("office_id", Text, doc="the destination's row of the directory"),
    Column("pathway", String(32)),
    Column("due", String(10)),
    Column("items", Integer),
    Column("pages", Integer),
    Column("proof", String(16)),
    Column("delivered_at", TIME),
    Column("parent", String(16), doc="the request that this one was split from: several patients on one scan"),
    Column("part", Integer, doc="which of its patients this one is about, counted from 1"),
    Column(
        "handing_over_at",
        TIME,
        doc="when the last try at handing over began: a revocation from then on comes too late to stop it",
    ),
    Index(None, "state"),
    Index(None, "patient_id"),
    Index(None, "parent"),
)

facts = Table(
    "facts",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True),
    Column("sha256", SHA, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", TIME, nullable=False, doc="when it was kept; later than all before it of the request, whatever the clock says"),
    Index(None, "request_id", "kind"),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", String(16), ForeignKey("requests.id"), nullable=False),
    Column("station", String(16), nullable=False),
    Column("message", LargeBinary, nullable=False, doc="what the station was working on, to take up again"),
    Column("findings", Text, nullable=False, doc="JSON list of Finding"),
    Column("opened_at", TIME, nullable=False),
    Column("settled_at", TIME),
    Column("decision", SHA, doc="the Decision that settled it"),
    Index(None, "request_id"),
    Index(None, "settled_at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("station", String(16), primary_key=True),
    Column("message_id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("request_id", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", TIME, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("cpu_seconds", Float, nullable=False),
    Index(None, "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(36), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("station", String(16), doc="null: to every station that takes the kind; else back to this one (a retry, a decision)"),
    Column("body", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0", doc="attempts that the station has already made at it"),
    Column("not_before", TIME, nullable=False),
    Column("claimed_until", TIME, doc="somebody is publishing it until then"),
    Index(None, "not_before"),
    sqlite_autoincrement=True,  # a number is never used twice: a slow publisher must not remove somebody else's message
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station", String(16), nullable=False),
    Column("message_id", String(36)),
    Column("request_id", String(16)),
    Column("body", LargeBinary, nullable=False),
    Column("why", Text, nullable=False),
    Column("traceback", Text, nullable=False, doc="may quote patient data: it stays in the database"),
    Column("at", TIME, nullable=False),
)

chores = Table(
    "chores",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", String(16), ForeignKey("requests.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("done_at", TIME),
    Column("done_by", Text),
    Index(None, "done_at"),
    UniqueConstraint("request_id", "kind", "sentence"),
)

revocations = Table(
    "revocations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Text, nullable=False),
    Column("office_id", Text, nullable=False, server_default="", doc="the destination it is limited to; empty: any"),
    Column("at", TIME, nullable=False, doc="when the practice learned of it"),
    Column("how", String(16), nullable=False),
    Column("who", Text, nullable=False, doc="who recorded it"),
    Column("words", Text, nullable=False, server_default=""),
    Column("request_id", String(16), doc="the scan that it came with, if it came with one"),
    Column("lifted_at", TIME, doc="a person has ended it"),
    Column("lifted_by", Text),
    Column("lifted_because", Text),
    Index(None, "patient_id"),
)

releases = Table(
    "releases",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True),
    Column("patient_id", Text, nullable=False),
    Column("office_id", Text, nullable=False),
    Column("at", TIME, nullable=False, doc="when it was authorized"),
    Column(
        "previous",
        String(16),
        nullable=False,
        server_default="",
        doc="names the release before it of this patient to this office: unique, so that of two at one moment only one is made",
    ),
    Column("void", Boolean, nullable=False, server_default="0", doc="withdrawn, and certainly nothing was sent"),
    UniqueConstraint("patient_id", "office_id", "previous"),
)

log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", TIME, nullable=False),
    Column("event", String(16), nullable=False),
    Column("request_id", String(16)),
    Column("actor", Text, nullable=False),
    Column("patient_id", Text),
    Column("patient", Text),
    Column("recipient", Text),
    Column("accountable", Boolean, nullable=False, server_default="0", doc="belongs in the accounting of 45 CFR 164.528"),
    Column("details", Text, nullable=False, doc="JSON"),
    Column("previous", SHA, nullable=False),
    Column("hash", SHA, nullable=False),
    Index(None, "patient_id"),
    Index(None, "at"),
    Index(None, "request_id", "seq"),
)

log_words = Table(
    "log_words",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("word", BYTEWISE, nullable=False, unique=True, doc="its sort, a colon, and the word: patient:ruiz"),
    Column("entries", Integer, nullable=False, doc="in how many entries: a search begins with its rarest word"),
)
"""Every word that the log can be searched for. Made from the log, and made anew from it at will."""

log_found = Table(
    "log_found",
    metadata,
    Column("word", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Integer, nullable=False, doc="the entry's own word for event, pathway, channel and proof together"),
    Column(
        "marks", BigInteger, nullable=False, doc="a bit for each word of the entry (a Bloom filter): most others need no look"
    ),
    sqlite_with_rowid=False,  # the index is the table: half the bytes, and one look in place of two
)

log_days = Table(
    "log_days",
    metadata,
    Column("day", String(10), primary_key=True, doc="UTC"),
    Column(
        "first", Integer, nullable=False, doc="the lowest and the highest number of that day's entries, whatever the clock did"
    ),
    Column("last", Integer, nullable=False),
)

log_tree = Table(
    "log_tree",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False, doc="0: a leaf"),
    Column("place", Integer, primary_key=True, autoincrement=False, doc="from the left, counted from 0"),
    Column("hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)
"""The Merkle tree over the log (RFC 9162): the nodes of whole subtrees, which never change again."""

registry = Table(
    "registry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("npi", String(10), nullable=False, doc="a provider with several places has a row for each"),
    Column("person", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("also", Text, nullable=False, server_default="", doc="other names, one a line"),
    Column("street", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("zip", Text, nullable=False),
    Column("zip5", String(5), nullable=False),
    Column("phone", Text, nullable=False, doc="the ten digits, or empty"),
    Column("fax", Text, nullable=False),
    Column("taxonomy", String(10), nullable=False),
    Column("updated", String(10), nullable=False),
    Index(None, "npi"),
    Index(None, "phone"),
    Index(None, "fax"),
    Index(None, "zip5", "name"),
)

registry_imports = Table(
    "registry_imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", Text, nullable=False, doc="the name of the table within what was imported"),
    Column("file_date", String(10), nullable=False, doc="the last day that it covers; empty where its name does not say"),
    Column("sha256", SHA, nullable=False, doc="of the file that was given, as a whole"),
    Column("rows", Integer, nullable=False, doc="providers in the file"),
    Column("kept", Integer, nullable=False, doc="rows of the table registry"),
    Column("states", Text, nullable=False, doc="two letters each, with commas; empty: all"),
    Column("taxonomies", Text, nullable=False, doc="the beginnings of codes, with commas"),
    Column("at", TIME, nullable=False),
    Column("who", Text, nullable=False),
)

forms = Table(
    "forms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("body", Text, nullable=False, doc="JSON of forms.Form: printed words and places, no value of anybody"),
    Column("blank", LargeBinary, doc="PNG of the print; null until two patients' scans were seen"),
    Column("learned_at", TIME, nullable=False),
    sqlite_autoincrement=True,  # a number that a person has forgotten never means another form
)

form_memory = Table(
    "form_memory",
    metadata,
    Column("id", Integer, primary_key=True, doc="one row: 1"),
    Column("revision", Integer, nullable=False, doc="goes up with every change, so that readers load the forms anew"),
)

form_lessons = Table(
    "form_lessons",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True),
    Column("asked_at", TIME, nullable=False, doc="when a person corrected what was read, or let the request go after that"),
    Column("taken_at", TIME, doc="null: the reader has not learned from it yet"),
    Column("outcome", Text, nullable=False, server_default="", doc="how many forms it taught, or why none; no patient data"),
    Index(None, "taken_at"),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(64), nullable=False, unique=True, doc="in small letters"),
    Column("name", Text, nullable=False, doc="as it is written into the delivery log"),
    Column("roles", Text, nullable=False, doc="with spaces between"),
    Column("password", Text, doc="Argon2id, with its salt and cost; null until the person has chosen one"),
    Column("password_at", TIME),
    Column("totp", Text, doc="the secret of the second factor, sealed with the desk's key; null where there is none"),
    Column("totp_new", Text, doc="one that is offered, and not proven by a code yet"),
    Column("totp_step", Integer, doc="the last step of time whose code was used: no code works twice"),
    Column("subject", Text, unique=True, doc="issuer and subject of the practice's own login (OpenID Connect)"),
    Column("made_at", TIME, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("disabled_at", TIME),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("hash", SHA, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("used_at", TIME),
    Index(None, "person_id"),
)

links = Table(
    "links",
    metadata,
    Column("hash", SHA, primary_key=True, doc="of the secret in the link; the secret itself is nowhere"),
    Column("kind", String(16), nullable=False),
    Column("person_id", Integer, ForeignKey("people.id"), doc="null: the first administrator, who is not known yet"),
    Column("made_at", TIME, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ends_at", TIME, nullable=False),
    Column("used_at", TIME),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", SHA, primary_key=True, doc="of the secret in the cookie"),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("step", String(16), nullable=False, doc="in; or code: the password was right, the second factor is still asked for"),
    Column("how", String(16), nullable=False, doc="password or sso"),
    Column("opened_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
    Column("ends_at", TIME, nullable=False, doc="whatever happens"),
    Column("address", String(64), nullable=False),
    Index(None, "person_id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("hash", SHA, nullable=False, unique=True),
    Column("roles", Text, nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ends_at", TIME, nullable=False),
    Column("revoked_at", TIME),
)

tries = Table(
    "tries",
    metadata,
    Column("key", SHA, primary_key=True, doc="hash of what is counted: a login, an address, or both together"),
    Column("failures", Integer, nullable=False),
    Column("last_at", TIME, nullable=False),
    Column("until", TIME, nullable=False, doc="no further try before"),
)

accesses = Table(
    "accesses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("person_id", Integer, doc="null for programs, and for whoever did not get in"),
    Column("login", String(80), nullable=False),
    Column("act", String(24), nullable=False),
    Column("kind", String(48), nullable=False, doc="what was looked at or done, such as: request page"),
    Column("request_id", String(16)),
    Column("patient_id", Text),
    Column("address", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", Text, nullable=False, server_default="", doc="what was searched for, or what was changed"),
    Index(None, "at"),
    Index(None, "login"),
    Index(None, "request_id"),
    Index(None, "patient_id"),
)

claims = Table(
    "claims",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True, doc="one person at a time"),
    Column("login", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("until", TIME, nullable=False, doc="then it lapses by itself"),
    Index(None, "login"),
)

asides = Table(
    "asides",
    metadata,
    Column("hold_id", Integer, ForeignKey("holds.id"), primary_key=True, doc="it ends with the entry of the queue"),
    Column("until", String(10), doc="set aside until this day"),
    Column("until_why", Text),
    Column("until_who", Text),
    Column("escalated_at", TIME),
    Column("escalated_why", Text),
    Column("escalated_who", Text),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("endpoint", SHA, primary_key=True, doc="of its address, which may hold a secret"),
    Column("position", Integer, nullable=False, doc="the last entry of the log of which notices were made, or had not to be"),
)

notices = Table(
    "notices",
    metadata,
    Column("endpoint", SHA, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False, doc="the entry of the log that is told"),
    Column("tries", Integer, nullable=False),
    Column("not_before", TIME, nullable=False),
    Column("claimed_until", TIME, doc="somebody is sending it until then"),
    Column("done_at", TIME),
    Column("dead_at", TIME, doc="given up: tried too often, or the endpoint said that it is gone"),
    Column("status", Text, nullable=False, server_default="", doc="what the last try met"),
    Index(None, "not_before"),
)
