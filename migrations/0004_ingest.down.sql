DROP TABLE ingest_progress;
DROP TABLE ingest_gaps;
DROP TABLE rejected_events;
