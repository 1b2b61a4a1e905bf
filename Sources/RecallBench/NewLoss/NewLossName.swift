import Experiments
import Files
import Losses

/// The name of a new loss in Swift and in the notation.
struct NewLossName {
  /// Such as `MyLoss`.
  let type: String
  /// Such as `my_loss`.
  let notation: String

  /// Modules, and types that the sources of losses use without a module's name.
  private static let reserved: Set<String> = [
    "Any", "Array", "Bool", "Character", "Compute", "Data", "Dictionary", "Double", "Error",
    "Files", "Float", "Foundation", "Harness", "Hashable", "Int", "Issue", "LabelMap", "Lanes",
    "Losses",
    "MutableSpan", "Mutex", "Never", "Optional", "OwnLosses", "Protocol", "Range", "RecallBench",
    "Regex",
    "Result", "Self", "Sendable", "Set", "Shape", "Span", "String", "Substring", "Suite", "Swift",
    "Tensor",
    "Tensors", "Test", "Testing", "Type", "URL", "UserError", "Void",
  ]

  /// - Throws: `UserError` if it is not a valid name for a type, or a loss already has that name.
  init(type: String) throws(UserError) {
    guard type.wholeMatch(of: /[A-Z][A-Za-z0-9]{0,49}/) != nil else {
      throw UserError(
        "\"\(type)\" is not a valid name for a loss's type; use a capital letter, then letters and "
          + "digits, at most 50 in all, such as MyLoss")
    }
    guard !Self.reserved.contains(type) else {
      throw UserError("\(type) means something else in Swift or here; choose another name")
    }
    var notation = ""
    let letters = Array(type)
    for (i, letter) in letters.enumerated() {
      // Goes before a word, including one that begins with the last capital of an abbreviation.
      if i > 0, letter.isUppercase,
        !letters[i - 1].isUppercase || (i + 1 < letters.count && letters[i + 1].isLowercase)
      {
        notation += "_"
      }
      notation += letter.lowercased()
    }
    guard LossRegistry.descriptor(named: notation) == nil else {
      throw UserError("there is already a loss \(notation); choose another name")
    }
    (self.type, self.notation) = (type, notation)
  }
}
