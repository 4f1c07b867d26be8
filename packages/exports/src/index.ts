export { type Column, claimColumns, incidentColumns } from './columns.ts';
export { type ExportFile, exportFiles, fileName } from './exports.ts';
