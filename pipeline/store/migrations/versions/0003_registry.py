"""The registry of providers, as it was last imported, and when which file was."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('registry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('npi', sa.String(length=10), nullable=False),
    sa.Column('person', sa.Boolean(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('also', sa.Text(), server_default='', nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('zip', sa.Text(), nullable=False),
    sa.Column('zip5', sa.String(length=5), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('fax', sa.Text(), nullable=False),
    sa.Column('taxonomy', sa.String(length=10), nullable=False),
    sa.Column('updated', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry'))
    )
    op.create_index(op.f('ix_registry_fax'), 'registry', ['fax'], unique=False)
    op.create_index(op.f('ix_registry_npi'), 'registry', ['npi'], unique=False)
    op.create_index(op.f('ix_registry_phone'), 'registry', ['phone'], unique=False)
    op.create_index(op.f('ix_registry_zip5_name'), 'registry', ['zip5', 'name'], unique=False)
    op.create_table('registry_imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('file_date', sa.String(length=10), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('states', sa.Text(), nullable=False),
    sa.Column('taxonomies', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=24), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_imports'))
    )


def downgrade() -> None:
    op.drop_table('registry_imports')
    op.drop_table('registry')
