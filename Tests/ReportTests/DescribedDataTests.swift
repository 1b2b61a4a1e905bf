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
    #expect(files.panel("L18")?.contains("Own data: leaves, split as its description says") == true)
    let page = try #require(files["report.html"])
    #expect(!page.contains("endered stand-in") && !page.contains("eal data"))
    #expect(page.contains("<strong>Own data, as its description says.</strong>"))
    #expect(page.contains("<td>leaves, own data</td>"))
    input.runs += try SyntheticSweep.small().runs
    input.classes[.synthia] = SyntheticSweep.classes
    #expect(
      try PageTests.page(input).contains(
        "<strong>Own data and rendered stand-ins; the table of panels says which.</strong>"))
  }
}
