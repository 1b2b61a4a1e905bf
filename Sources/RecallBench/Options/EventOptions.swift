import ArgumentParser

/// What is written to watch runs with.
struct EventOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Also write each run as events for TensorBoard, at every checkpoint and at its end, into the "
        + "folder tensorboard of the run; results do not depend on it."))
  var tensorboard = false
}
