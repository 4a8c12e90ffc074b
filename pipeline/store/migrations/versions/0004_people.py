"""People: their accounts, sessions, links, the tokens of programs, and the access log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REFUSAL = "the access log only grows: nothing in it is changed or removed"


def upgrade() -> None:
    op.create_table('accesses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=24), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('act', sa.String(length=24), nullable=False),
    sa.Column('kind', sa.String(length=48), nullable=False),
    sa.Column('request_id', sa.String(length=16), nullable=True),
    sa.Column('patient_id', sa.Text(), nullable=True),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('detail', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accesses'))
    )
    op.create_index(op.f('ix_accesses_at'), 'accesses', ['at'], unique=False)
    op.create_index(op.f('ix_accesses_login'), 'accesses', ['login'], unique=False)
    op.create_index(op.f('ix_accesses_patient_id'), 'accesses', ['patient_id'], unique=False)
    op.create_index(op.f('ix_accesses_request_id'), 'accesses', ['request_id'], unique=False)
    op.create_table('people',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('roles', sa.Text(), nullable=False),
    sa.Column('password', sa.Text(), nullable=True),
    sa.Column('password_at', sa.String(length=24), nullable=True),
    sa.Column('totp', sa.Text(), nullable=True),
    sa.Column('totp_new', sa.Text(), nullable=True),
    sa.Column('totp_step', sa.Integer(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('made_at', sa.String(length=24), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('disabled_at', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('login', name=op.f('uq_people_login')),
    sa.UniqueConstraint('subject', name=op.f('uq_people_subject'))
    )
    op.create_table('tokens',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('roles', sa.Text(), nullable=False),
    sa.Column('made_at', sa.String(length=24), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('ends_at', sa.String(length=24), nullable=False),
    sa.Column('revoked_at', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tokens')),
    sa.UniqueConstraint('hash', name=op.f('uq_tokens_hash')),
    sa.UniqueConstraint('name', name=op.f('uq_tokens_name'))
    )
    op.create_table('tries',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.String(length=24), nullable=False),
    sa.Column('until', sa.String(length=24), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_tries'))
    )
    op.create_table('links',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.String(length=24), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('ends_at', sa.String(length=24), nullable=False),
    sa.Column('used_at', sa.String(length=24), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_links_person_id')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_links'))
    )
    op.create_table('recovery_codes',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.String(length=24), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_recovery_codes_person_id')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_recovery_codes'))
    )
    op.create_index(op.f('ix_recovery_codes_person_id'), 'recovery_codes', ['person_id'], unique=False)
    op.create_table('sessions',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=16), nullable=False),
    sa.Column('how', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.String(length=24), nullable=False),
    sa.Column('seen_at', sa.String(length=24), nullable=False),
    sa.Column('ends_at', sa.String(length=24), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sessions_person_id')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_person_id'), 'sessions', ['person_id'], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"""
            CREATE FUNCTION accesses_only_grow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
        """)
        op.execute("CREATE TRIGGER accesses_row BEFORE UPDATE OR DELETE ON accesses FOR EACH ROW EXECUTE FUNCTION accesses_only_grow()")
        op.execute("CREATE TRIGGER accesses_table BEFORE TRUNCATE ON accesses FOR EACH STATEMENT EXECUTE FUNCTION accesses_only_grow()")
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER accesses_no_{what.lower()} BEFORE {what} ON accesses BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        # INSERT OR REPLACE removes the old row without asking the DELETE trigger
        op.execute(f"""
            CREATE TRIGGER accesses_no_replace BEFORE INSERT ON accesses WHEN EXISTS (SELECT 1 FROM accesses WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """)


def downgrade() -> None:
    raise NotImplementedError("an access log is never taken back; restore a backup instead")
