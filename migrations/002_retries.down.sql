DROP VIEW run_failures;
DROP TABLE operator_actions, incidents, retry_teller, retry_rate, retry_offsets, retry_log, retry_queue;
DROP FUNCTION retry_now();
CREATE VIEW run_failures AS
SELECT t.run, t.stream, t.failed,
    coalesce(e.logged, 0) AS logged, coalesce(e.refused, 0) AS refused, coalesce(e.recovered, 0) AS recovered, coalesce(e.superseded, 0) AS superseded,
    t.failed = coalesce(e.refused + e.recovered + e.superseded, 0) AS explained
FROM (SELECT run, stream, sum(failed)::bigint AS failed FROM run_tallies GROUP BY run, stream) t
LEFT JOIN (
    SELECT l.run, l.stream, count(*) AS logged,
        count(*) FILTER (WHERE r.owed = l.sequence) AS refused,
        count(*) FILTER (WHERE r.owed IS DISTINCT FROM l.sequence AND r.sequence = l.sequence) AS recovered,
        count(*) FILTER (WHERE r.owed IS DISTINCT FROM l.sequence AND r.sequence IS DISTINCT FROM l.sequence) AS superseded
    FROM sync_error_log l
    LEFT JOIN sync_rows r ON (r.pipeline, r.stream, r.key) = (l.pipeline, l.stream, l.record_key)
    WHERE l.service = 'loader' AND l.attempt = 1
    GROUP BY l.run, l.stream
) e USING (run, stream);
COMMENT ON VIEW run_failures IS 'The second book of each run: every failed change is still refused, was recovered, or was superseded by a newer one.';
