import ArgumentParser

/// What is written to watch runs with.
struct EventOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Also write TensorBoard events of each run, at every checkpoint and at the end, into the "
        + "run's folder tensorboard; results do not depend on it."))
  var tensorboard = false
}
