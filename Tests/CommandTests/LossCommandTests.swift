import Experiments
import Files
import Foundation
import Testing

/// `losses evaluate` and `losses check`.
@Suite("Losses, by the command")
struct LossCommandTests {
  private let place: Workplace
  /// Two images of 2 x 3 pixels, three classes.
  private let shape = [2, 3, 2, 3]
  private let labels: [UInt8] = [0, 1, 2, 255, 1, 0, 2, 2, 255, 0, 1, 1]

  init() throws {
    place = try Workplace()
    let logits = (0..<36).map { Float(($0 * 7) % 11) / 4 - 1 }
    try NumPy.write(logits, shape: shape, to: place.file("z.npy"))
    try NumPy.write(labels, shape: [2, 2, 3], to: place.file("y.npy"))
    try NumPy.write([Int64(10), 20, 30], shape: [3], to: place.file("n.npy"))
  }

  private func evaluate(_ loss: String, _ more: String...) throws -> Command.Result {
    try Command.run(
      ["losses", "evaluate", "--loss", loss, "--logits", "z.npy", "--labels", "y.npy"] + more,
      in: place.url)
  }

  private func value(_ result: Command.Result) throws -> Double {
    #expect(result.status == 0, "\(result.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require((object as? [String: Any])?["value"] as? Double)
  }

  /// log sum exp over the second axis, minus the true class's logit, at the valid pixels.
  private var crossEntropies: [Double] {
    get throws {
      let z = try NumPy.read(place.file("z.npy"), as: Float.self).values.map(Double.init)
      return labels.enumerated().filter { $0.element != 255 }.map { i, label in
        let (image, pixel) = (i / 6, i % 6)
        let scores = (0..<3).map { z[(image * 3 + $0) * 6 + pixel] }
        return log(scores.reduce(0) { $0 + exp($1) }) - scores[Int(label)]
      }
    }
  }

  /// As in sweep files; and no message repeats all of it.
  @Test(arguments: [
    (String(repeating: "ce + ", count: 20_000) + "ce", "is too long; at most 4000"),
    (String(repeating: "x", count: 3900), "unknown loss"),
    ("ce " + String(repeating: "y", count: 3900), "only + and another loss may follow"),
    ("mine.py:" + String(repeating: "f", count: 3900) + "(a", "a closing parenthesis is missing"),
    ("ce @ " + String(repeating: "9", count: 3900), "ce @ 9"),
  ])
  func longNotationIsNotRepeated(loss: String, message: String) throws {
    let commands = [
      ["losses", "list", loss], ["losses", "check", loss],
      ["losses", "evaluate", "--loss", loss, "--logits", "z.npy", "--labels", "y.npy"],
      ["compare", "--sweep", "tiny.yml", "--loss", "ce", "--against", loss],
    ]
    for command in commands.dropLast(loss.contains("@") || loss.count > 4000 ? 0 : 1) {
      let result = try Command.run(command, in: place.url)
      #expect([1, 64].contains(result.status) && result.errors.count == 1, "\(command.prefix(2))")
      let error = result.errors.first ?? ""
      #expect(error.utf8.count < 1200, "\(command.prefix(2)): \(error.prefix(300))")
      let isList = command[1] == "list" && loss.contains(".py:")
      #expect(isList || error.contains(message), "\(command.prefix(2)): \(error.prefix(300))")
    }
  }

  @Test func valueGradientAndNotation() throws {
    let result = try evaluate("ce", "--gradient", "g.npy")
    let expected = try crossEntropies.reduce(0, +) / 10
    #expect(abs(try value(result) / expected - 1) < 1e-6)
    #expect(result.errors == [])
    let (extent, gradient) = try NumPy.read(place.file("g.npy"), as: Float.self)
    #expect(extent == shape)
    // p - [j = y] at the first pixel, channels 6 numbers apart; nothing at the ignored one.
    let z = try NumPy.read(place.file("z.npy"), as: Float.self).values
    let powers = [0, 6, 12].map { exp(Double(z[$0])) }
    for j in 0..<3 {
      let p = powers[j] / powers.reduce(0, +)
      #expect(abs(Double(gradient[6 * j]) - (p - (j == 0 ? 1 : 0)) / 10) < 1e-7)
      #expect(gradient[6 * j + 3] == 0)
    }
    let focal = try evaluate("  focal( )")
    #expect(focal.output.hasPrefix("{\"loss\":\"focal(gamma: 1)\",\"value\":"))
    #expect(focal.output.hasSuffix("}\n"))
  }

  @Test func classCountsAreThoseGivenOrThoseOfTheLabels() throws {
    func mean(_ weights: [Double]) throws -> Double {
      let valid = labels.filter { $0 != 255 }.map { weights[Int($0)] }
      return zip(try crossEntropies, valid).reduce(0) { $0 + $1.0 * $1.1 } / valid.reduce(0, +)
    }
    let given = try value(evaluate("weighted_ce", "--class-counts", "n.npy"))
    #expect(abs(try given / mean([6, 3, 2]) - 1) < 1e-6)
    let counted = try value(evaluate("weighted_ce"))
    #expect(abs(try counted / mean([10 / 3.0, 10 / 4.0, 10 / 3.0]) - 1) < 1e-6)
  }

  @Test func labelsMayBeWideAndTheIgnoredIdNegative() throws {
    let narrow = try value(evaluate("lovasz"))
    let wide = labels.map { $0 == 255 ? Int64(-100) : Int64($0) }
    try NumPy.write(wide, shape: [2, 2, 3], to: place.file("y.npy"))
    #expect(try value(evaluate("lovasz", "--ignore=-100")) == narrow)
    let result = try evaluate("lovasz")
    #expect(result.status == 1)
    #expect(
      result.errors == [
        "error: y.npy: label -100 at [0, 1, 0] is neither a class from 0 to 2 nor the ignored 255; "
          + "correct it or name it with --ignore=-100"
      ])
  }

  /// The value's digits read back to the very number: the same as from a run of another process.
  @Test func threadsDoNotChangeADigit() throws {
    let one = try evaluate("soft_iou", "--threads", "1", "--gradient", "1.npy")
    let two = try evaluate("soft_iou", "--threads", "2", "--gradient", "2.npy")
    #expect(one.output == two.output && one.status == 0)
    #expect(try Data(contentsOf: place.file("1.npy")) == Data(contentsOf: place.file("2.npy")))
  }

  @Test func valueThatIsNoNumberIsNullAndSaid() throws {
    try NumPy.write([Float](repeating: .nan, count: 36), shape: shape, to: place.file("z.npy"))
    let result = try evaluate("ce")
    #expect(result.status == 0)
    #expect(result.output == "{\"loss\":\"ce\",\"value\":null}\n")
    #expect(result.errors == ["warning: the value is nan, which JSON cannot represent as a number"])
  }

  /// A file in the place of one of the inputs, and what is said of it.
  @Test func badInputIsOneClearLine() throws {
    func line(_ name: String, _ write: (URL) throws -> Void) throws -> String {
      let (url, kept) = (place.file(name), try Data(contentsOf: place.file(name)))
      defer { try? kept.write(to: url) }
      try write(url)
      let result = try evaluate("weighted_ce", "--class-counts", "n.npy", "--gradient", "g.npy")
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.count == 1, "\(result.errors)")
      #expect(!place.exists("g.npy"))
      return result.errors.first ?? ""
    }
    #expect(
      try line("z.npy") { try NumPy.write([Float(0)], shape: [1], to: $0) }
        == "error: z.npy: has shape [1]; logits are [N, C, H, W], none of them 0")
    #expect(
      try line("z.npy") { try NumPy.write([Float](), shape: [2, 3, 0, 3], to: $0) }
        == "error: z.npy: has shape [2, 3, 0, 3]; logits are [N, C, H, W], none of them 0")
    #expect(
      try line("z.npy") {
        try NumPy.write([Float](repeating: 0, count: 256), shape: [1, 256, 1, 1], to: $0)
      } == "error: z.npy: has 256 classes; at most 255 are allowed")
    #expect(
      try line("z.npy") { try NumPy.write([Int64](repeating: 0, count: 36), shape: shape, to: $0) }
        .contains("z.npy: holds <i8, but <f4 is needed; save it with np.save("))
    #expect(
      try line("y.npy") { try NumPy.write([Float(0)], shape: [1, 1, 1], to: $0) }
        .contains("y.npy: holds <f4, but |u1 or <i8 is needed"))
    #expect(
      try line("y.npy") { try NumPy.write([UInt8](repeating: 0, count: 12), shape: [12], to: $0) }
        == "error: y.npy: has shape [12], but the logits need [2, 2, 3] (N, H, W)")
    #expect(
      try line("y.npy") {
        try NumPy.write([UInt8](repeating: 3, count: 12), shape: [2, 2, 3], to: $0)
      }.contains("y.npy: label 3 at [0, 0, 0] is neither a class from 0 to 2"))
    #expect(
      try line("n.npy") { try NumPy.write([Int64(1), 2], shape: [2], to: $0) }
        == "error: n.npy: has shape [2]; it must hold the counts of 3 classes, [3], "
        + "none of them negative")
    #expect(
      try line("n.npy") { try NumPy.write([Int64.max, 2, 3], shape: [3], to: $0) }
        == "error: n.npy: holds counts whose sum is above 2^63")
    #expect(
      try line("n.npy") { try NumPy.write([Int64(0), 0, 0], shape: [3], to: $0) }
        .contains("no labeled pixel to take class weights from"))
    for name in ["z.npy", "y.npy", "n.npy"] {
      #expect(
        try line(name) { try Data(Data(contentsOf: $0).dropLast(3)).write(to: $0) }
          .contains("\(name): is not a readable .npy file: its contents do not fit its shape"))
      #expect(
        try line(name) { try FileManager.default.removeItem(at: $0) }
          .contains("\(name): does not exist"))
    }
  }

  @Test func mistakesInTheLossArePointedAt() throws {
    for arguments in [
      ["evaluate", "--logits", "z.npy", "--labels", "y.npy", "--loss"], ["check"],
    ] {
      let result = try Command.run(["losses"] + arguments + ["focal(gama: 2)"], in: place.url)
      #expect(result.status == 1)
      #expect(result.errors.count == 1)
      #expect(result.errors[0].hasPrefix("error: loss \"focal(gama: 2)\", column 7: "))
    }
  }

  @Test func checkPrintsALineForEachProperty() throws {
    let result = try Command.run(["losses", "check", "recall"], in: place.url)
    #expect(result.status == 0, "\(result.output)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "recall")
    #expect(lines.last == "all claimed properties hold")
    let note = lines.dropLast().last ?? ""
    #expect(note.hasPrefix("  note ") && note.contains("sees pixels and classes, but no shapes"))
    let outcomes = lines.dropFirst().dropLast(2)
    // The recall loss has one property more: the paper's equations (7) and (8).
    #expect(outcomes.count == 14)
    #expect(outcomes.last?.contains("equations (7) and (8)") == true)
    #expect(outcomes.allSatisfy { $0.hasPrefix("  pass ") || $0.hasPrefix("  not claimed ") })
    #expect(outcomes.first?.contains("gradient") == true)
  }

  @Test func checkFailsOfALossThatIsCrossEntropy() throws {
    let result = try Command.run(["losses", "check", "focal(gamma: 0)"], in: place.url)
    #expect(result.status == 1)
    #expect(result.errors == [])
    let lines = result.output.split(separator: "\n")
    let index = try #require(lines.firstIndex { $0.hasPrefix("  FAIL ") })
    #expect(lines[index].contains("differs from CE"))
    #expect(lines[index + 1].contains("these parameters the loss adds nothing to ce"))
    #expect(lines.last == "1 of 13 fail")
  }
}
