extension DatasetName {
  package static let camvid = DatasetName(rawValue: "camvid")
}

extension DatasetDescriptor {
  package static let camvid = DatasetDescriptor(
    name: .camvid, title: "CamVid", citation: "CamVid (Brostow et al. 2009) in SegNet's layout",
    layout: "train, trainannot, ...", classes: .camvid, labels: .camvid
  ) { root, split in
    try split.requireOfficial("CamVid", root)
    return try CamVidDataset(root: root)
  }
}

extension LabelTable {
  package static let camvid = LabelTable(
    .camvid, title: "CamVid label ids", classes: .camvid, fileIds: CamVidDataset.fileIds,
    ignored: [11: ("unlabelled", [0, 0, 0])])
}
