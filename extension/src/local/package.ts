import { join } from 'node:path';
import * as vscode from 'vscode';

const NEVER_KEY = 'farside.mrsdeployNotOffered';
const INSTALL = 'Install';
const NEVER = "Don't Ask Again";
/** Of CRAN; what DESCRIPTION imports besides R's own packages. */
const NEEDS = ['cli', 'curl', 'jsonlite'];

/** Offers the package that comes with the extension. Undefined, or the code that installs it. */
export async function offerPackage(context: vscode.ExtensionContext): Promise<string | undefined> {
  if (context.globalState.get<boolean>(NEVER_KEY)) return undefined;
  const text =
    'The R package mrsdeploy is not installed in local R: remoteLogin() and its kin come with it. Install it from this extension? It is built from source, which takes a C compiler (Rtools on Windows).';
  const answer = await vscode.window.showInformationMessage(text, INSTALL, NEVER);
  if (answer === NEVER) await context.globalState.update(NEVER_KEY, true);
  return answer === INSTALL ? installCode(join(context.extensionPath, 'r', 'mrsdeploy')) : undefined;
}

/** One line of R, to be seen when it runs. */
export function installCode(folder: string): string {
  const needs = NEEDS.map((name) => JSON.stringify(name)).join(', ');
  const path = JSON.stringify(folder.replaceAll('\\', '/'));
  return `local({ need <- Filter(function(p) !nzchar(system.file(package = p)), c(${needs})); if (length(need)) install.packages(need, repos = if (any(getOption("repos") == "@CRAN@")) "https://cloud.r-project.org" else getOption("repos")); install.packages(${path}, repos = NULL, type = "source") })`;
}
