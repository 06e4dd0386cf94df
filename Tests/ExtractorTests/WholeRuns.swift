import Testing

/// Tests that run the extractor against real servers, one after the other: each makes topics, and a broker makes them one at a time.
@Suite(.serialized) enum WholeRuns {}
