// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
/// Targets without pointers of their own also have the compiler look for unsafe constructs.
let memorySafe = strict + [.strictMemorySafety()]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "RecallBench",
  products: [
    .library(name: "RecallBench", targets: ["RecallBench"]),
    .executable(name: "recallbench", targets: ["RecallBenchCommand"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description: "Train one network on several processes, with Open MPI (libopenmpi-dev).")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLanes"),
    // Only what is built with the trait needs it to be there.
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Files", swiftSettings: strict),
    // Records in Experiments, at each build, the digests of the sources that decide numbers.
    .executableTarget(
      name: "code-digest", dependencies: ["Files"], path: "Sources/CodeDigest",
      swiftSettings: memorySafe),
    .plugin(
      name: "CodeDigest", capability: .buildTool(), dependencies: ["code-digest"],
      path: "Sources/CodeDigestPlugin"),
    .target(name: "Checkpoints", dependencies: ["CZlib", "Files"], swiftSettings: memorySafe),
    .target(
      name: "Tensors",
      dependencies: [
        "CLanes", "COpenBLAS", .target(name: "CMPI", condition: .when(traits: ["MPI"])),
      ], swiftSettings: strict),
    .target(name: "Losses", dependencies: ["Files", "Tensors"], swiftSettings: memorySafe),
    .target(name: "Models", dependencies: ["Tensors"], swiftSettings: strict),
    .target(name: "Metrics", dependencies: ["Tensors"], swiftSettings: memorySafe),
    .target(
      name: "Statistics", dependencies: ["Metrics", "Tensors"], swiftSettings: memorySafe),
    .target(name: "Datasets", dependencies: ["CPNG", "Files", "Tensors"], swiftSettings: strict),
    .target(name: "Scenes", dependencies: ["Datasets", "Files", "Tensors"], swiftSettings: strict),
    .target(
      name: "Experiments",
      dependencies: [
        "Checkpoints", "CPNG", "CZlib", "Files", "Tensors", "Losses", "Models", "Metrics",
        "Datasets", "Scenes", yams,
      ],
      // In the program itself, which can then be moved.
      resources: [.embedInCode("TorchLoss/worker.py")]
        + [
          "README.md", "batches.py", "bundle.py", "checks.py", "jobs.py", "losses.py", "machine.py",
          "network.py", "processes.py", "progress.py", "random_source.py", "run.py", "scores.py",
          "torch_loss.py", "training.py",
        ].map { .embedInCode("TorchEngine/\($0)") }, swiftSettings: strict,
      plugins: ["CodeDigest"]),
    .target(
      name: "Report",
      dependencies: [
        "Datasets", "Experiments", "Files", "Metrics", "Models", "Statistics", "Tensors",
      ],
      swiftSettings: memorySafe),
    // The command as a library, for packages with losses of their own: see docs/own-loss.md.
    .target(
      name: "RecallBench",
      dependencies: [
        "Checkpoints", "Datasets", "Experiments", "Files", "Losses", "Models", "Report", "Scenes",
        "Tensors", arguments,
      ], swiftSettings: memorySafe),
    // Its name differs from the library's by more than case, which some disks do not tell apart.
    .executableTarget(
      name: "RecallBenchCommand", dependencies: ["RecallBench"], path: "Sources/Main",
      swiftSettings: memorySafe),
    // Measures the rest; not part of the user's command. See docs/performance.md.
    .executableTarget(
      name: "recallbench-speed",
      dependencies: [
        "CZlib", "Files", "Tensors", "Losses", "Models", "Datasets", "Experiments", arguments,
      ],
      path: "benchmarks/speed/swift", swiftSettings: strict),
    // Reads files that nobody meant to be read: see docs/policy.md and `make fuzz`.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "BundleSupport", "Checkpoints", "Datasets", "Experiments", "Files", "Losses", "Metrics",
        "Models", "Report", "Tensors", "TestSupport",
      ], path: "Tests/Fuzz/Targets", swiftSettings: strict),
    .executableTarget(
      name: "recallbench-fuzz", dependencies: ["Experiments", "Files", "FuzzTargets", arguments],
      path: "Tests/Fuzz/Driver", swiftSettings: strict),
    // The example of a loss in a package of its own: see docs/own-loss.md. Like any other package it
    // sees what is public and nothing else.
    .target(
      name: "OwnLosses", dependencies: ["RecallBench"],
      path: "benchmarks/own-loss/Sources/OwnLosses", packageAccess: false,
      swiftSettings: memorySafe),
    .executableTarget(
      name: "own-loss", dependencies: ["OwnLosses", "RecallBench"],
      path: "benchmarks/own-loss/Sources/own-loss", packageAccess: false,
      swiftSettings: memorySafe),
    .testTarget(
      name: "OwnLossesTests", dependencies: ["OwnLosses", "RecallBench"],
      path: "benchmarks/own-loss/Tests/OwnLossesTests", packageAccess: false,
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Files", "Tensors"], path: "Tests/TestSupport",
      swiftSettings: strict),
    // Bundles for PyTorch that have come back, without Python.
    .target(
      name: "BundleSupport",
      dependencies: [
        "Checkpoints", "Datasets", "Experiments", "Files", "Metrics", "Tensors", "TestSupport",
      ], path: "Tests/BundleSupport", swiftSettings: strict),
    // Each test target declares every module that it imports.
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "CheckpointsTests", dependencies: ["Checkpoints", "Files"], swiftSettings: strict),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ModelsTests", dependencies: ["Models", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LossesTests",
      dependencies: ["Checkpoints", "Experiments", "Files", "Losses", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MetricsTests", dependencies: ["Metrics", "Tensors"], swiftSettings: strict),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Metrics", "Statistics", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Files", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ScenesTests", dependencies: ["Datasets", "Files", "Scenes", "Tensors"],
      swiftSettings: strict),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "BundleSupport", "Checkpoints", "Datasets", "Experiments", "Files", "Losses", "Metrics",
        "Models", "Tensors", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ReportTests",
      dependencies: [
        "Datasets", "Experiments", "Files", "Metrics", "Models", "Report", "Statistics", "Tensors",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Files", "FuzzTargets", "TestSupport", "recallbench-fuzz"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Checkpoints", "Datasets", "Experiments", "Files", "RecallBench", "Report", "Tensors",
        "TestSupport", "RecallBenchCommand", "recallbench-speed", "own-loss",
      ],
      swiftSettings: strict),
  ]
)
