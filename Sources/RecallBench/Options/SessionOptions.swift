import ArgumentParser

/// How a sweep or a search is carried out.
struct SessionOptions: ParsableArguments {
  @Option(help: "Number of runs to train at once (default: the file's).")
  var jobs: Int?
  @OptionGroup var keep: KeepOptions
  @Flag(help: "List the runs that are known so far, and their states, without training.")
  var dryRun = false
  @Flag(help: "Make tables and figures afterward, as 'report' does, even if runs failed.")
  var report = false

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs must be from 1 to 64.") }
  }

  /// Runs a session, and makes a report if asked to.
  func run(_ session: some Session, _ data: DataOptions) throws {
    if report {
      try runSession(session, reportingWith: data)
    } else {
      try runSession(session)
    }
  }
}
