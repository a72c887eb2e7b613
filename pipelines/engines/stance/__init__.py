"""Former places of judges, which scripts outside the project import; the judges are in `pipelines.judge`."""
