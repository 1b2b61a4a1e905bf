/// The architectures that sweep files can name.
extension Architecture {
  package static let deeplabv3 = Architecture(
    name: "deeplabv3", title: "DeepLabV3", citation: "Chen et al. 2017",
    classifierTensor: "classifier.4.weight"
  ) { backbone, classes, width, random in
    SegmentationNetwork(DeepLabV3(backbone, classes: classes, width: width, &random))
  }

  /// With the decoder of DeepLab v3+, as in the code of the recall loss's authors.
  package static let deeplabv3plus = Architecture(
    name: "deeplabv3plus", title: "DeepLab v3+", citation: "Chen et al. 2018",
    classifierTensor: "classifier.classifier.8.weight"
  ) { backbone, classes, width, random in
    SegmentationNetwork(DeepLabV3Plus(backbone, classes: classes, width: width, &random))
  }
}
