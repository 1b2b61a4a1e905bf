# Mean accuracy against mean IoU. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,1482 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,1482 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, quick' at screen 0.5,0.97841 center font 'sans-serif,26'
set label 2 'SYNTHIA: rendered stand-in for SYNTHIA, not the real data (renderer seed 1, 480/64/136 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18, ResNet-101 at width' at screen 0.01250,0.13198 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'multiplier 0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2; evaluated on 128 images of the test split; weights after the last iteration; images: drawn by RecallBench''s own' at screen 0.01250,0.11714 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'renderer. Scaled down; the paper has: images real SYNTHIA; part of the images all; input 768x384; iterations 100000; checkpoint best by validation; network DeepLabV3 by its text, DeepLab' at screen 0.01250,0.10229 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'v3+ with aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.01250,0.08745 left font 'sans-serif,16' tc rgb '#333333'
set label 6 'Cityscapes: rendered stand-in for Cityscapes, not the real data (renderer seed 1, 480/128/1 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18, ResNet-101 at' at screen 0.01250,0.07260 left font 'sans-serif,16' tc rgb '#333333'
set label 7 'width multiplier 0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2; evaluated on 128 images of the validation split; weights after the last iteration; images: drawn by RecallBench''s' at screen 0.01250,0.05776 left font 'sans-serif,16' tc rgb '#333333'
set label 8 'own renderer. Scaled down; the paper has: images real Cityscapes; part of the images all; input 769x769, evaluated at 2048x1024; iterations 90000; learning rate 0.0001; augmentation' at screen 0.01250,0.04291 left font 'sans-serif,16' tc rgb '#333333'
set label 9 'cityscapes; checkpoint best by validation; network DeepLabV3 by its text, DeepLab v3+ with aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.01250,0.02807 left font 'sans-serif,16' tc rgb '#333333'
set label 10 'Large marks: mean over seeds; small marks: single seeds. Dashed: level of focal.' at screen 0.01250,0.01323 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.61404
set tmargin at screen 0.92713
set title 'SYNTHIA (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [16.8530:30.6818]
set yrange [27.7835:52.6194]
set arrow from 27.3708,graph 0 to 27.3708,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 35.0905 to graph 1,first 35.0905 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set label 'ce' at screen 0.39897,0.72867 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.13944,0.90136 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.21431,0.88191 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.35201,0.72988 center front tc rgb '#007455'
set label 'ohem' at screen 0.39760,0.68491 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.27684,0.67367 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.32777,0.78610 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.41847,0.78270 center front tc rgb '#B04E00'
plot 'scatter.dat' index 1 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 1 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 3 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 3 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 5 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 5 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 7 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 7 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 9 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 9 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 11 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 11 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 13 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 13 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 15 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 15 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
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
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.61404
set tmargin at screen 0.92713
set title 'SYNTHIA (rendered stand-in), ResNet-101' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [8.2583:21.6890]
set yrange [22.4570:33.4743]
set arrow from 18.2233,graph 0 to 18.2233,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 24.9580 to graph 1,first 24.9580 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from screen 0.88305,0.70620 to screen 0.88372,0.72288 nohead back lw 1.2 lc rgb '#000000'
set label 'ce' at screen 0.89252,0.73142 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.68036,0.89434 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.77577,0.82847 center front tc rgb '#1F77AC'
set arrow from screen 0.86269,0.68458 to screen 0.84723,0.68347 nohead back lw 1.2 lc rgb '#007455'
set label 'focal' at screen 0.82523,0.67494 center front tc rgb '#007455'
set label 'ohem' at screen 0.87393,0.65722 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.93339,0.68553 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.81531,0.84927 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.82607,0.71553 center front tc rgb '#B04E00'
plot 'scatter.dat' index 17 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 17 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 19 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 19 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 21 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 21 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 23 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 23 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 25 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 25 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 27 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 27 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 29 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 29 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 31 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 31 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 16 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 18 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 20 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 22 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 24 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 26 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 28 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 30 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.20918
set tmargin at screen 0.52227
set title 'Cityscapes (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [7.9268:20.1997]
set yrange [22.8890:28.8818]
set arrow from 17.8832,graph 0 to 17.8832,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 23.9231 to graph 1,first 23.9231 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set label 'ce' at screen 0.42109,0.24021 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.18737,0.43171 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.16683,0.38934 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.37260,0.23948 center front tc rgb '#007455'
set arrow from screen 0.41416,0.26668 to screen 0.42962,0.26778 nohead back lw 1.2 lc rgb '#6B6B1F'
set label 'ohem' at screen 0.44722,0.27632 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.37085,0.38591 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.25010,0.46412 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.43469,0.32748 center front tc rgb '#B04E00'
plot 'scatter.dat' index 33 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 33 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 35 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 35 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 37 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 37 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 39 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 39 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 41 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 41 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 43 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 43 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 45 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 45 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 47 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 47 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 32 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 34 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 36 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 38 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 40 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 42 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 44 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 46 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.20918
set tmargin at screen 0.52227
set title 'Cityscapes (rendered stand-in), ResNet-101' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [7.2991:15.6790]
set yrange [13.9949:28.6745]
set arrow from 12.0287,graph 0 to 12.0287,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 16.6788 to graph 1,first 16.6788 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set label 'ce' at screen 0.80075,0.29052 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.68053,0.41510 center front tc rgb '#00558A'
set arrow from screen 0.66368,0.45738 to screen 0.66508,0.47153 nohead back lw 1.2 lc rgb '#1F77AC'
set label 'balanced_ce' at screen 0.71348,0.48007 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.82376,0.24269 center front tc rgb '#007455'
set label 'ohem' at screen 0.77823,0.23424 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.86722,0.37295 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.73008,0.45973 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.85902,0.29633 center front tc rgb '#B04E00'
plot 'scatter.dat' index 49 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 49 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 51 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 51 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 53 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 53 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 55 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 55 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 57 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 57 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 59 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 59 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 61 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 61 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 63 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 63 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 48 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 50 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 52 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 54 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 56 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 58 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 60 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 62 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset multiplot
unset output
}
