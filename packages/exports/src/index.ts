export { type Column, claimColumns, incidentColumns } from './columns.ts';
export { type ExportFile, exportFiles, fileName } from './exports.ts';
export { FolderThere, type Manifest, type Signed, writeFolder } from './folder.ts';
