"""The translation audit: passages of a run translated a second way and judged again."""

from pipelines.audit.audit import Audit, audit
from pipelines.audit.results import stored_audit, write_audit

__all__ = ["Audit", "audit", "stored_audit", "write_audit"]
