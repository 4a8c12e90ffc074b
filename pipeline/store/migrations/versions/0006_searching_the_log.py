"""Searching the log and proving its entries: words, days and the Merkle tree, all made from the log as it is."""

import sqlalchemy as sa
from alembic import op

from pipeline.log import building

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('log_words',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('word', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_words')),
    sa.UniqueConstraint('word', name=op.f('uq_log_words_word'))
    )
    op.create_table('log_found',
    sa.Column('word', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Integer(), nullable=False),
    sa.Column('marks', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('word', 'seq', name=op.f('pk_log_found')),
    sqlite_with_rowid=False
    )
    op.create_table('log_days',
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_log_days'))
    )
    op.create_table('log_tree',
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('level', 'place', name=op.f('pk_log_tree')),
    sqlite_with_rowid=False
    )
    # the old index on the request alone says nothing of the order within it
    op.create_index(op.f('ix_log_request_id_seq'), 'log', ['request_id', 'seq'], unique=False)
    op.drop_index(op.f('ix_log_request_id'), table_name='log')
    building.build(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("a delivery log is never taken back; restore a backup instead")
