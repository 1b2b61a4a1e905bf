import OwnLosses
import RecallBench

Harness.run(losses: [Poly1Loss.descriptor])
