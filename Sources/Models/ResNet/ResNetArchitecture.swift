/// Depth and block kind of a ResNet (He et al. 2016, Table 1).
package struct ResNetArchitecture: Hashable, Sendable {
  package var bottleneck: Bool
  /// Blocks of the four stages.
  package var blocks: [Int]
  /// A factor for the dilation of each block of the last stage (Chen et al. 2017, section 3.1);
  /// nil: none, as in torchvision.
  package var multiGrid: [Int]?

  /// - Parameter multiGrid: as many factors as the last stage has blocks.
  package init(bottleneck: Bool, blocks: [Int], multiGrid: [Int]? = nil) {
    precondition(multiGrid == nil || multiGrid?.count == blocks.last, "a factor for each block")
    (self.bottleneck, self.blocks, self.multiGrid) = (bottleneck, blocks, multiGrid)
  }

  package static let resnet18 = ResNetArchitecture(bottleneck: false, blocks: [2, 2, 2, 2])
  /// What the code of the recall loss's authors calls "resnet18": bottlenecks, 2048 channels, and
  /// dilations 2, 4, 8 in the last stage. Not He et al.'s ResNet-18, which the paper cites.
  package static let resnet18Authors = ResNetArchitecture(
    bottleneck: true, blocks: [2, 2, 2, 3], multiGrid: [1, 2, 4])
  package static let resnet101 = ResNetArchitecture(bottleneck: true, blocks: [3, 4, 23, 3])
}
