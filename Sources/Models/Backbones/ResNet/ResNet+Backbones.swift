/// The ResNets that sweep files can name.
extension Backbone {
  package static let resnet18 = Backbone(
    name: "resnet18", title: "ResNet-18", .init(bottleneck: false, blocks: [2, 2, 2, 2]),
    relativeCost: 1, torchvisionName: "resnet18", isInPaper: true)

  /// What the code of the recall loss's authors calls "resnet18": bottlenecks, 2048 channels, and
  /// dilations 2, 4, 8 in the last stage. It is not He et al.'s ResNet-18, which the paper cites.
  package static let resnet18Authors = Backbone(
    name: "resnet18_authors", title: "ResNet-18 (authors', bottlenecks)",
    .init(bottleneck: true, blocks: [2, 2, 2, 3], multiGrid: [1, 2, 4]),
    relativeCost: 1.6, torchvisionName: nil, isInPaper: true)

  package static let resnet34 = Backbone(
    name: "resnet34", title: "ResNet-34", .init(bottleneck: false, blocks: [3, 4, 6, 3]),
    relativeCost: 1.4, torchvisionName: "resnet34", isInPaper: false)

  package static let resnet50 = Backbone(
    name: "resnet50", title: "ResNet-50", .init(bottleneck: true, blocks: [3, 4, 6, 3]),
    relativeCost: 1.8, torchvisionName: "resnet50", isInPaper: false)

  package static let resnet101 = Backbone(
    name: "resnet101", title: "ResNet-101", .init(bottleneck: true, blocks: [3, 4, 23, 3]),
    relativeCost: 2.5, torchvisionName: "resnet101", isInPaper: true)

  package init(
    name: String, title: String, _ layout: ResNet.Layout, relativeCost: Double = 1,
    torchvisionName: String? = nil, isInPaper: Bool = false
  ) {
    self.init(
      name: name, title: title, citation: "He et al. 2016",
      outputChannels: layout.outputChannels,
      widthRule: WidthRule(tensor: "conv1.weight", channels: ResNet.stemChannels),
      relativeCost: relativeCost, torchvisionName: torchvisionName, isInPaper: isInPaper
    ) { options, random in ResNet(layout, options, &random) }
  }
}
