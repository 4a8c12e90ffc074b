"""Documents of any accepted format, opened safely: PDF, TIFF, JPEG, PNG and saved mails.

A document that arrived is first looked at by `inspect_isolated`, in a process that may crash; what that accepts is
opened with `open_document` and read page by page. What cannot be taken is `Refused`, in words for the clerk.
"""

from pipeline.documents.document import Document, FormKind, FormValue, Word
from pipeline.documents.isolated import inspect_isolated
from pipeline.documents.kinds import HEAD_BYTES, MediaType, media_type_of
from pipeline.documents.limits import Limits
from pipeline.documents.opening import Inspection, inspect, open_document
from pipeline.documents.refusal import RefusalReason, Refused

__all__ = [
    "HEAD_BYTES",
    "Document",
    "FormKind",
    "FormValue",
    "Inspection",
    "Limits",
    "MediaType",
    "RefusalReason",
    "Refused",
    "Word",
    "inspect",
    "inspect_isolated",
    "media_type_of",
    "open_document",
]
