#!/usr/bin/env node
/* global require, __dirname, __filename */
'use strict'

// Written for any Node, however old: the service itself needs Node 24, and an older one would crash in the middle of
// loading SQLite instead of saying so. Only this file checks, before anything else is loaded.
var fs = require('fs')
var path = require('path')

var REQUIRED_MAJOR = 24
var SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']

function realPath(file) {
  try {
    return fs.realpathSync(file)
  } catch (error) {
    return error && undefined
  }
}

/** The Node that package.json pins: beside this checkout, or wherever the package manager hoisted it to. */
function findPinnedNode() {
  var name = 'node-' + process.platform + '-' + process.arch
  for (var folder = path.dirname(realPath(__filename) || __filename); ; folder = path.dirname(folder)) {
    var pinned = realPath(path.join(folder, 'node_modules', name, 'bin', 'node'))
    if (pinned) return pinned
    if (folder === path.dirname(folder)) return undefined
  }
}

/** Runs this same command under another Node and ends the way it ends. */
function runUnder(node) {
  var child = require('child_process').spawn(
    node,
    process.execArgv.concat([__filename], process.argv.slice(2)),
    { stdio: 'inherit' },
  )
  SIGNALS.forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal)
    })
  })
  child.on('error', function (error) {
    fail('Node ' + REQUIRED_MAJOR + ' at ' + node + ' does not start: ' + error.message + '.')
  })
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code)
    // Die of the same signal, so that the shell sees what happened.
    SIGNALS.forEach(function (name) {
      process.removeAllListeners(name)
    })
    process.kill(process.pid, signal)
  })
}

/**
 * Keeps compiled code between runs, which halves the start of a command. Beside the packages, where whoever may write
 * may change the code itself anyway; never in a temporary folder that others share.
 */
function enableCompileCache() {
  var modules = path.join(path.dirname(__dirname), 'node_modules')
  if (fs.existsSync(modules)) require('module').enableCompileCache(path.join(modules, '.cache', 'chancery'))
}

function fail(problem) {
  process.stderr.write(
    'chancery: ' +
      problem +
      ' Install Node ' +
      REQUIRED_MAJOR +
      ' or newer from https://nodejs.org, or run' +
      ' `npm ci` in ' +
      path.dirname(__dirname) +
      ', which installs one beside Chancery on Linux.\n',
  )
  process.exit(1)
}

var major = Number(process.versions.node.split('.')[0])
if (major >= REQUIRED_MAJOR) {
  enableCompileCache()
  require('../src/cli/main.ts')
} else {
  var pinned = findPinnedNode()
  if (pinned && pinned !== realPath(process.execPath)) runUnder(pinned)
  else
    fail(
      'this is Node ' + process.versions.node + ', and Chancery needs Node ' + REQUIRED_MAJOR + ' or newer.',
    )
}
