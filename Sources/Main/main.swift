import RecallBench

Harness.run()
