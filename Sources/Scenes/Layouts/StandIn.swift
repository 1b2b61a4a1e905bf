import Datasets
import Foundation
import Tensors

/// A rendered stand-in for a data set, for machines without its files.
///
/// To add one, put a file next to this one and an element in `all`.
package struct StandIn: Sendable {
  /// The requested images, by split.
  package typealias Images = (train: Int, validation: Int, test: Int)
  package typealias Draw =
    @Sendable (Images, URL, SceneConfiguration, Compute, StreetScenes.Progress?) throws ->
    RenderedRecord

  package let dataset: DatasetName
  /// The shares of the real data set.
  let shares: [ClassShares.Entry]
  /// Where these shares come from, as a heading.
  let sharesOrigin: String
  private let render: Draw

  init(
    dataset: DatasetName, shares: [ClassShares.Entry], sharesOrigin: String, render: @escaping Draw
  ) {
    (self.dataset, self.shares, self.sharesOrigin) = (dataset, shares, sharesOrigin)
    self.render = render
  }

  package static let all: [StandIn] = [.synthia, .cityscapes]

  package static func of(_ dataset: DatasetName) -> StandIn? {
    all.first { $0.dataset == dataset }
  }

  /// Draws at least the requested images of each split, unless the folder already contains exactly
  /// these.
  /// - Throws: `UserError` if the folder cannot be written or contains anything else.
  @discardableResult
  package func draw(
    _ images: Images, to root: URL, _ scene: SceneConfiguration, compute: Compute,
    progress: StreetScenes.Progress? = nil
  ) throws -> RenderedRecord {
    try render(images, root, scene, compute, progress)
  }
}

extension DatasetDescriptor {
  /// Nil for a data set that cannot be rendered.
  package var standIn: StandIn? { StandIn.of(name) }
}
