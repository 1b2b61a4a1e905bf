# Mean accuracy against mean IoU, lr-search. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1000,992 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1000,992 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, lr-search' at screen 0.5,0.96774 center font 'sans-serif,26'
set label 2 '[C] SYNTHIA: rendered stand-in for SYNTHIA, not the real data (renderer seed 1, 480/64/136 training/validation/test' at screen 0.02000,0.30806 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width multiplier 0.25; 300 iterations of batch 6; Adam' at screen 0.02000,0.28589 left font 'sans-serif,16' tc rgb '#333333'
set label 4 '0.003; seed 1; evaluated on 128 images of the test split; weights after the last iteration; images: drawn by' at screen 0.02000,0.26371 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'RecallBench''s own renderer. Scaled down; the paper has: images real SYNTHIA; part of the images all; input 768x384;' at screen 0.02000,0.24153 left font 'sans-serif,16' tc rgb '#333333'
set label 6 'iterations 100000; learning rate 0.001; checkpoint best by validation; network DeepLabV3 by its text, DeepLab v3+' at screen 0.02000,0.21935 left font 'sans-serif,16' tc rgb '#333333'
set label 7 'with aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.02000,0.19718 left font 'sans-serif,16' tc rgb '#333333'
set label 8 '[D] SYNTHIA: rendered stand-in for SYNTHIA, not the real data (renderer seed 1, 480/64/136 training/validation/test' at screen 0.02000,0.17500 left font 'sans-serif,16' tc rgb '#333333'
set label 9 'images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width multiplier 0.25; 300 iterations of batch 6; Adam' at screen 0.02000,0.15282 left font 'sans-serif,16' tc rgb '#333333'
set label 10 '0.01; seed 1; evaluated on 128 images of the test split; weights after the last iteration; images: drawn by' at screen 0.02000,0.13065 left font 'sans-serif,16' tc rgb '#333333'
set label 11 'RecallBench''s own renderer. Scaled down; the paper has: images real SYNTHIA; part of the images all; input 768x384;' at screen 0.02000,0.10847 left font 'sans-serif,16' tc rgb '#333333'
set label 12 'iterations 100000; learning rate 0.001; checkpoint best by validation; network DeepLabV3 by its text, DeepLab v3+' at screen 0.02000,0.08629 left font 'sans-serif,16' tc rgb '#333333'
set label 13 'with aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.02000,0.06411 left font 'sans-serif,16' tc rgb '#333333'
set label 14 'Of each loss the learning rate that scores best on the validation split. Dashed: level of focal. Pale line: Pareto' at screen 0.02000,0.04194 left font 'sans-serif,16' tc rgb '#333333'
set label 15 'front, the means that none beats in both. ≈: not distinguishable from ce in either (Holm, 5 %; tables.md).' at screen 0.02000,0.01976 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.11000
set rmargin at screen 0.96000
set bmargin at screen 0.42339
set tmargin at screen 0.89113
set title 'SYNTHIA (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [21.0579:33.3582]
set yrange [28.6003:56.7933]
set arrow from 29.6237,graph 0 to 29.6237,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 37.5801 to graph 1,first 37.5801 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 22.6858,53.0619 to 23.7928,52.7375 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 23.7928,52.7375 to 24.9777,44.9867 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 24.9777,44.9867 to 31.7302,44.1763 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce [C]' at screen 0.80563,0.59411 center front tc rgb '#000000'
set label 'weighted_ce [D]' at screen 0.42060,0.82384 center front tc rgb '#00558A'
set label 'balanced_ce [C]' at screen 0.27037,0.85755 center front tc rgb '#1F77AC'
set label 'focal [C]' at screen 0.76562,0.53692 center front tc rgb '#007455'
set label 'ohem [C]' at screen 0.60266,0.58826 center front tc rgb '#6B6B1F'
set label 'soft_iou [C]' at screen 0.49003,0.48529 center front tc rgb '#A06E00'
set label 'lovasz [C]' at screen 0.46728,0.69525 center front tc rgb '#A34B7E'
set label 'recall [C]' at screen 0.88079,0.71013 center front tc rgb '#B04E00'
plot 'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 2 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 4 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 6 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 8 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 10 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 12 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 14 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset label
unset multiplot
unset output
}
