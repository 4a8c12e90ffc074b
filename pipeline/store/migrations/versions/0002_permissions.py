"""Permissions: revocations, releases of the same records, and requests that are parts of one scan."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('requests', sa.Column('office_id', sa.Text(), nullable=True))
    op.add_column('requests', sa.Column('parent', sa.String(length=16), nullable=True))
    op.add_column('requests', sa.Column('part', sa.Integer(), nullable=True))
    op.add_column('requests', sa.Column('handing_over_at', sa.String(length=24), nullable=True))
    op.create_index(op.f('ix_requests_parent'), 'requests', ['parent'], unique=False)
    op.create_table('revocations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('office_id', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.String(length=24), nullable=False),
    sa.Column('how', sa.String(length=16), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), server_default='', nullable=False),
    sa.Column('request_id', sa.String(length=16), nullable=True),
    sa.Column('lifted_at', sa.String(length=24), nullable=True),
    sa.Column('lifted_by', sa.Text(), nullable=True),
    sa.Column('lifted_because', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revocations'))
    )
    op.create_index(op.f('ix_revocations_patient_id'), 'revocations', ['patient_id'], unique=False)
    op.create_table('releases',
    sa.Column('request_id', sa.String(length=16), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('office_id', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=24), nullable=False),
    sa.Column('previous', sa.String(length=16), server_default='', nullable=False),
    sa.Column('void', sa.Boolean(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_releases_request_id')),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_releases')),
    sa.UniqueConstraint('patient_id', 'office_id', 'previous', name=op.f('uq_releases_patient_id_office_id_previous'))
    )


def downgrade() -> None:
    raise NotImplementedError("a delivery log is never taken back; restore a backup instead")
