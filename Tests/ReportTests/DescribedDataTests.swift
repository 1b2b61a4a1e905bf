import Datasets
import Experiments
import Report
import Testing

/// A data set that its user describes, none of whose classes is rare.
@Suite("Reports on described data sets") struct DescribedDataTests {
  @Test func withoutMinorityClasses() throws {
    let name = DatasetName(rawValue: "leaves")
    var input = try SyntheticSweep.small()
    for index in input.runs.indices {
      input.runs[index].configuration.data.name = name
      input.runs[index].configuration.data.source = .folders
    }
    for index in input.failed.indices { input.failed[index].configuration.data.name = name }
    for index in input.failed.indices { input.failed[index].configuration.data.source = .folders }
    var classes = SyntheticSweep.classes
    classes.minority = []
    input.classes = [name: classes]
    let files = try SyntheticSweep.written(input)
    let table = try #require(files.markdown(of: "leaves-resnet18-minority"))
    #expect(table.contains("Minority classes: none ("))
    #expect(files.panel("L18")?.contains("images: leaves, read from its files") == true)
    #expect(files["report.html"]?.contains("endered stand-in") == false)
  }
}
