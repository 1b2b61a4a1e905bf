import ArgumentParser
import Experiments

// Every error of ours becomes one line here; the parser's own are about usage (status 64).
do {
  var command = try RecallBench.parseAsRoot()
  try command.run()
} catch {
  switch error {
  case is UserError, is DataError, is ReportError:
    fail(error)
  default:
    RecallBench.exit(withError: error)
  }
}
