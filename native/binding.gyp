{
  "targets": [
    {
      "target_name": "onlooker",
      "sources": [
        "calls.cc",
        "compile-live.cc",
        "filter.cc",
        "handle.cc",
        "interfaces.cc",
        "system.cc"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "libraries": ["-lpcap"],
      "defines": ["NAPI_DISABLE_CPP_EXCEPTIONS", "NAPI_VERSION=8"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "-fno-exceptions"],
      "conditions": [
        ["OS=='linux'", {"sources": ["descriptors.cc", "ring.cc"]}, {"sources": ["elsewhere.cc"]}]
      ]
    },
    {
      "target_name": "onlooker-compile",
      "type": "executable",
      "sources": ["compile.c"],
      "libraries": ["-lpcap"],
      "cflags_c": ["-std=c11", "-Wall", "-Wextra"]
    }
  ],
  "conditions": [
    [
      "OS=='linux' and target_arch in ('x64', 'arm64')",
      {
        "targets": [
          {
            "target_name": "onlooker-launch",
            "type": "executable",
            "sources": ["launcher.c"],
            "cflags_c": ["-std=c11", "-Wall", "-Wextra"]
          }
        ]
      }
    ],
    [
      "OS=='linux' and '<!(test -f ../test/native/send.c && echo here || echo gone)'=='here'",
      {
        "targets": [
          {
            "target_name": "onlooker-send",
            "type": "executable",
            "sources": ["../test/native/send.c"],
            "cflags_c": ["-std=c11", "-Wall", "-Wextra"]
          },
          {
            "target_name": "onlooker-try-send",
            "type": "executable",
            "sources": ["../test/native/try-send.c"],
            "cflags_c": ["-std=c11", "-Wall", "-Wextra"]
          },
          {
            "target_name": "onlooker-notified",
            "type": "executable",
            "sources": ["../test/native/notified.c"],
            "cflags_c": ["-std=c11", "-Wall", "-Wextra"]
          }
        ]
      }
    ]
  ]
}
