/// What a rendered data set depends on.
package struct SceneConfiguration: Codable, Hashable, Sendable {
  package var seed: UInt64
  /// Size of the pictures in pixels.
  package var height: Int
  package var width: Int
  /// Consecutive SYNTHIA frames through the same street; the camera drives on between them.
  package var framesPerScene: Int

  package init(seed: UInt64, height: Int, width: Int, framesPerScene: Int = 4) {
    self.seed = seed
    self.height = height
    self.width = width
    self.framesPerScene = framesPerScene
  }
}

/// Draws procedural street scenes to disk in the layouts of real data sets: stand-ins for machines
/// without the data, read by the same loaders.
package enum StreetScenes {
  /// Changes whenever the same configuration would give different pixels.
  package static let version = 3

  /// Called after each picture or frame, from any thread, with the number done and the total.
  package typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void
}
