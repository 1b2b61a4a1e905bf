import Experiments
import Foundation
import Report
import Testing

/// The markup of `report.html`, whatever its numbers.
@Suite struct PageMarkupTests {
  private static let hostile = "</script><script>alert('x')</script>\"<b a='b'>&amp;--><!--"

  @Test func textOfRunsCannotBreakThePage() throws {
    var input = try SyntheticSweep.small()
    input.profile = Self.hostile
    input.classes[.synthia]?.names[1] = Self.hostile
    input.classes[.synthia]?.minorityRule = Self.hostile
    for index in input.runs.indices {
      input.runs[index].configuration.loss = "loss \(index) \(Self.hostile)"
    }
    input.failed[0].reason = Self.hostile + "\u{0}\u{1B}"
    input = PageTests.recorded(input, commit: Self.hostile)
    let page = try PageTests.page(input)
    #expect(!page.contains("alert('x')") && !page.contains("<b a="))
    #expect(page.contains("alert(&#39;x&#39;)") && !page.contains("\u{0}"))
    #expect(page.contains("\u{FFFD}\u{FFFD}") && !page.contains("\u{1B}"))
    #expect(page.matches(of: /<script>/).count == 1)
    #expect(unbalanced(page) == nil)
    // The same elements as with harmless names.
    let plain = try PageTests.page(PageTests.recorded(SyntheticSweep.small()))
    #expect(unbalanced(plain) == nil)
  }

  @Test func checkOfBalanceFindsWhatIsWrong() {
    #expect(unbalanced("<p>a<br>b</p>") == nil)
    #expect(unbalanced("<p>a<b>c</p></b>") != nil)
    #expect(unbalanced("<p>a") != nil)
    #expect(unbalanced("<p>a < b</p>") != nil)
  }

  /// The first fault: an element not closed in order, or a character that should be escaped.
  private func unbalanced(_ page: String) -> String? {
    let void: Set = ["meta", "br", "img", "link", "input", "hr"]
    var text = page.replacing(/<!DOCTYPE html>/, with: "")
    for raw in ["style", "script"] {
      guard let open = text.range(of: "<\(raw)>"), let close = text.range(of: "</\(raw)>")
      else { continue }
      text.removeSubrange(open.upperBound..<close.lowerBound)
    }
    let tag = /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)(\/?)>/
    var open: [Substring] = []
    for match in text.matches(of: tag) {
      let name = match.2
      if match.1 == "/" {
        guard open.popLast() == name else { return "</\(name)> closes something else" }
      } else if match.4 != "/" && !void.contains(String(name)) {
        open.append(name)
      }
    }
    let rest = text.replacing(tag, with: "")
    if let stray = rest.firstMatch(of: /[<>"]|&(?!(amp|lt|gt|quot|#39);)/) {
      return "stray \(stray.0)"
    }
    return open.last.map { "<\($0)> is not closed" }
  }

  @Test func sameInputGivesSameBytesWhateverTheOrderOfRuns() throws {
    var input = PageTests.recorded(
      try SyntheticSweep.clustered([(.synthia, .resnet18), (.cityscapes, .resnet101)]))
    input.runs[3].environment?.cpu = "another"
    let first = try PageTests.page(input)
    input.runs.reverse()
    #expect(try PageTests.page(input) == first)
  }

  @Test func nothingIsFetchedFromAnywhere() throws {
    let page = try PageTests.page(PageTests.recorded(SyntheticSweep.small()))
    #expect(page.firstMatch(of: /https?:|\/\/[a-z]+\.|@import|url\(|<link|<iframe/) == nil)
    #expect(page.matches(of: /\s(?:src|href)="(?!#|data:)/).isEmpty)
    #expect(page.contains("default-src 'none'"))
  }

  @Test func anchorsAreUniqueAndLedTo() throws {
    let page = try PageTests.page(
      PageTests.recorded(
        SyntheticSweep.clustered([(.synthia, .resnet18), (.camvid, .resnet18)])))
    let ids = page.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    for link in page.matches(of: /href="#([^"]*)"/) { #expect(ids.contains(String(link.1))) }
  }

  /// As large as the quick sweep.
  @Test func pageStaysSmall() throws {
    let input = PageTests.recorded(
      try SyntheticSweep.clustered([
        (.synthia, .resnet18), (.synthia, .resnet101), (.cityscapes, .resnet18),
        (.cityscapes, .resnet101),
      ]))
    #expect(try PageTests.page(input).utf8.count < 1_000_000)
  }

  /// Marks and their names can be told from the plot in both schemes, by WCAG's formula.
  @Test func marksAreLegibleOnLightAndDark() throws {
    var input = try SyntheticSweep.variants()
    input.runs += try (0..<8).map { index in
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "further_\(index)", seed: 1),
        SyntheticSweep.matrix(poles: 10 * index))
    }
    let page = try PageTests.page(input)
    let styles = page.matches(
      of: /--lf:#([0-9a-f]{6});--li:#([0-9a-f]{6});--df:#([0-9a-f]{6});--di:#([0-9a-f]{6})/)
    #expect(Set(styles.map(\.0)).count > 10)
    for style in styles {
      #expect(contrast(style.2, "ffffff") >= 4.5 && contrast(style.4, "1e2125") >= 4.5)
      #expect(contrast(style.3, "1e2125") >= 3)
    }
    // The scatter's own color of recall, where it is light.
    #expect(page.contains("--lf:#d55e00;"))
    #expect(page.contains("--plot: #ffffff") && page.contains("--plot: #1e2125"))
  }

  private func contrast(_ a: Substring, _ b: Substring) -> Double {
    func luminance(_ hex: Substring) -> Double {
      let value = Int(hex, radix: 16) ?? 0
      return zip([16, 8, 0], [0.2126, 0.7152, 0.0722]).reduce(0) { sum, channel in
        let c = Double(value >> channel.0 & 255) / 255
        return sum + channel.1 * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4))
      }
    }
    let (x, y) = (luminance(a), luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }

  @Test func lossThatIsNoNumberLeavesNoTrace() throws {
    var input = PageTests.recorded(try SyntheticSweep.small())
    input.runs[0].history[3].loss = .nan
    input.runs[1].history[5].loss = .infinity
    let page = try PageTests.page(input)
    let paths = page.matches(of: /\sd="([^"]*)"/)
    #expect(!paths.isEmpty)
    for path in paths {
      #expect(path.1.allSatisfy { $0.isNumber || "MLHVAZ .-".contains($0) }, "\(path.1)")
    }
  }
}
